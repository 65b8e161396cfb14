"""The style of the page: on light and dark grounds, and on paper."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
:root{color-scheme:light dark;--ground:#fff;--ink:#1f2328;--pale:#59636e;--line:#d1d9e0;
--soft:#f6f8fa;--good:#1a7f37;--bad:#cf222e;--late:#9a6700;--wait:#8250df;--busy:#0969da}
@media screen and (prefers-color-scheme:dark){:root{--ground:#0d1117;--ink:#e6edf3;--pale:#9198a1;
--line:#3d444d;--soft:#151b23;--good:#3fb950;--bad:#f85149;--late:#d29922;--wait:#ab7df8;
--busy:#4493f8}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);
max-width:75rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}h4{margin:.8rem 0 .2rem}
a{color:inherit}
pre{font:13px/1.4 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;
overflow-wrap:anywhere;margin:0}
pre.log{background:var(--soft);padding:.5rem;max-height:30rem;overflow:auto}
table{border-collapse:collapse}
.tasks{width:100%}
th,td{text-align:left;vertical-align:top;padding:.2rem .6rem;border-bottom:1px solid var(--line);
overflow-wrap:anywhere}
thead th,.values th,.head th{color:var(--pale);font-weight:normal}
.number{text-align:right;white-space:nowrap}
.wide,.graph{overflow-x:auto}
.timeline{width:25%;min-width:8rem}
.bar{height:.8rem;margin-top:.35rem;min-width:2px;border-radius:2px;background:currentcolor}
.facts,time,footer{color:var(--pale)}
details{border-bottom:1px solid var(--line);padding:.3rem 0}
details>div{padding:.2rem 1rem 1rem}
summary{cursor:pointer}
:target{outline:2px solid var(--busy)}
.phase{font-weight:bold}
.is-succeeded{color:var(--good)}
.is-failed,.is-error{color:var(--bad)}
.is-timeout{color:var(--late)}
.is-suspended{color:var(--wait)}
.is-running,.is-ready{color:var(--busy)}
.is-created,.is-skipped,.is-cancelled{color:var(--pale)}
.graph rect[class*="is-"]{stroke:currentcolor;stroke-width:2}
@media print{body{max-width:none;padding:0}pre.log{max-height:none}
tr{break-inside:avoid}details::details-content{content-visibility:visible}}
"""
