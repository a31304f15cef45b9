"""Stands in for the eight outside registries: made-up people over HTTP, and every fault a real one shows."""

REGISTRIES: dict[str, str] = {
    "employment": "劳动就业核心业务经办子系统",
    "business": "工商信息系统",
    "social_security": "社保系统",
    "labour_contract": "劳动用工备案系统",
    "graduates": "学信网",
    "poverty": "扶贫",
    "certificates": "技能人员证书",
    "population": "人口信息",
}
MAX_SUBJECTS = 100
