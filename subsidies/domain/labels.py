"""The words of this room's acts and of what its events tell, for the audit page (R-SEC-2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.domain.labels import register_act_labels, register_data_labels
from casework.domain.act_labels import register_slots
from subsidies.enums import CorrectionKind, ObjectionOutcome, PaymentState

ACTS = {
    "budget.set": _("登记预算"),
    "subsidy.drawn_up": _("建立补贴申请"),
    "subsidy.line_refused": _("剔除补贴人员"),
    "subsidy.line_restored": _("恢复补贴人员"),
    "publicity.recounted": _("重新计算公示期"),
    "objection.filed": _("提出异议"),
    "objection.answered": _("答复异议"),
    "paymentbatch.drawn_up": _("生成拨付批次"),
    "paymentbatch.file_taken": _("下载银行文件"),
    "paymentbatch.file_altered": _("银行文件与锁定时不一致"),
    "paymentbatch.template_taken": _("下载回执模板"),
    "paymentbatch.result": _("登记银行回执"),
    "paymentbatch.correction_proposed": _("登记更正回执"),
    "paymentbatch.corrected": _("更正回执入账"),
    "paymentbatch.correction_declined": _("不同意更正回执"),
    "paymentbatch.correction_taken_back": _("撤回更正回执"),
}
DATA = {
    "subsidies": _("补贴申请"),
    "payments": _("笔数"),
    "accounts": _("收款账户摘要"),
    "paid": _("到账笔数"),
    "returned": _("退票"),
    "budget": _("预算编号"),
    "fund": _("资金来源"),
    "year": _("年度"),
    "source": _("文号或依据"),
    "line": _("补贴明细编号"),
    "sequence": _("序号"),
    "asked": _("申请金额（元）"),
    "objection": _("异议编号"),
    "publicity": _("公示编号"),
    "outcome": _("处理结果"),
    "bank_correction": _("更正编号"),
    "payment": _("业务编号"),
    "correction_kind": _("更正种类"),
    "day": _("日期"),
    "bank_reference": _("银行流水号"),
    "state": _("状态"),
    "value_date": _("到账日期"),
    "return_reason": _("退票原因"),
}


def payment_label(code: str) -> str:
    """Where a payment stands, as an edit keeps it."""
    return str(PaymentState(code).label) if code in PaymentState.values else code


def register_labels() -> None:
    register_act_labels(ACTS)
    register_slots(
        {
            "claim_form": _("补贴申请表（盖章）"),
            "invoice": _("发票"),
            "other": _("其他材料"),
            "bank_result": _("银行回执"),
        }
    )
    register_data_labels({}, {"state": payment_label}, of="paymentbatch")
    register_data_labels(
        DATA,
        {
            "outcome": lambda code: ObjectionOutcome(code).label if code in ObjectionOutcome.values else code,
            "correction_kind": lambda code: CorrectionKind(code).label if code in CorrectionKind.values else code,
        },
    )
