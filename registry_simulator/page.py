"""The control page: one row a registry, plain forms, no script."""

from html import escape
from string import Template
from typing import Any

from registry_simulator import REGISTRIES
from registry_simulator.behaviour import MODES

STYLE = """
body { font-family: "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2rem; color: #1d273b; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #dce1e7; padding: .5rem; text-align: left; white-space: nowrap; }
th { font-weight: 600; color: #49566c; }
tr.fault td:first-child { border-left: 4px solid #d63939; }
tr.normal td:first-child { border-left: 4px solid #2fb344; }
input[type=number] { width: 6rem; }
.problem { color: #d63939; }
code { color: #667382; }
"""
FRAME = Template("""<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>模拟登记系统控制台</title><link rel="stylesheet" href="/control/style.css"></head>
<body><main><h1>模拟登记系统控制台</h1>
<p>这里的人员、单位和记录均为虚构，仅供演示。可随时让任何一个系统变慢、停机、限流或返回错误内容。</p>
$content</main></body></html>
""")
LOGIN = Template("""$problem
<form method="post" action="/control/login">
<label>控制口令 <input type="password" name="token" required autocomplete="off"></label> <button>进入</button>
</form>""")
TABLE = Template("""$problem
<table><thead><tr><th>系统</th><th>状态与参数</th><th>请求</th><th>限流拒绝</th><th>验签拒绝</th><th>答复对象</th>
<th>最大并发</th><th>每秒最多</th></tr></thead><tbody>
$rows</tbody></table>
<form method="post" action="/control/page"><p><a href="/control">刷新</a>
<button name="act" value="reset">全部恢复正常并清零</button></p></form>""")
ROW = Template("""<tr class="$kind"><td>$name<br><code>$code</code></td><td>
<form method="post" action="/control/page"><input type="hidden" name="registry" value="$code">
<select name="mode" aria-label="$name 状态">$options</select>
<label>延时 <input type="number" name="latency_ms" min="0" max="600000" value="$latency_ms"> 毫秒</label>
<label>每秒 <input type="number" name="per_second" min="0" value="$per_second"> 次</label>
<label>请于 <input type="number" name="retry_after" min="0" value="$retry_after"> 秒后再试</label>
<button>设置</button></form></td>
<td>$requests</td><td>$limited</td><td>$refused</td><td>$subjects_answered</td><td>$peak_at_once</td>
<td>$peak_per_second</td></tr>
""")


def login_page(*, wrong: bool = False) -> str:
    """Asks for the control token."""
    return FRAME.substitute(content=LOGIN.substitute(problem=_problem("口令不对，请重新输入。" if wrong else "")))


def state_page(states: dict[str, dict[str, Any]], *, problem: str = "") -> str:
    """All registries, each with a form."""
    rows = "".join(_row(code, state) for code, state in states.items())
    return FRAME.substitute(content=TABLE.substitute(rows=rows, problem=_problem(problem)))


def _row(code: str, state: dict[str, Any]) -> str:
    options = "".join(
        f'<option value="{mode}"{" selected" if mode == state["mode"] else ""}>{escape(name)}</option>'
        for mode, name in MODES.items()
    )
    kind = "normal" if state["mode"] == "normal" else "fault"
    return ROW.substitute(state, code=code, name=escape(REGISTRIES[code]), kind=kind, options=options)


def _problem(text: str) -> str:
    return f'<p class="problem" role="alert">{escape(text)}</p>' if text else ""
