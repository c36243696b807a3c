namespace Edge.Quantization.Report.Html;

/// <summary>How the page looks, in light and dark.</summary>
internal static class HtmlStyle
{
    public const string Css = """
        :root { --ink: #1d2530; --soft: #66717f; --line: #dde2e8; --page: #f6f7f9; --card: #fff; --good: #2a8f5b; --warn: #c98a11; --bad: #c8402f; --float: #9aa7b5; --int8: #2f6fd0; --range: #d6e4fa }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ed; --soft: #98a3b0; --line: #313943; --page: #14181d; --card: #1c2229; --good: #4cbf85; --warn: #e0ab3f; --bad: #ec6a59; --float: #6d7a88; --int8: #5f9bf0; --range: #24405f } }
        * { box-sizing: border-box }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
        main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 60px }
        h1 { font-size: 26px; margin: 0 0 6px; overflow-wrap: anywhere } h2 { font-size: 17px; margin: 0 0 4px } h3 { font-size: 15px; margin: 18px 0 2px }
        section, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; margin: 14px 0 }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 14px; background: none; border: 0; padding: 0 }
        .card { margin: 0 } .card h2 { font-size: 13px; font-weight: 600; color: var(--soft) } .big { white-space: nowrap; font-size: 18px; font-weight: 650; margin: 2px 0 } .before { color: var(--soft); font-weight: 400 }
        .note { color: var(--soft); margin: 0 0 8px; font-size: 13px } .verdict { font-weight: 600; margin: 4px 0 } .verdict.good { color: var(--good) } .verdict.bad { color: var(--bad) } .verdict.warn { color: var(--warn) }
        table { border-collapse: collapse; width: 100%; font-size: 13px } th { text-align: left; color: var(--soft); font-weight: 600 } th, td { padding: 5px 8px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } td.slow { color: var(--bad) } small { color: var(--soft) } tr.left td { color: var(--soft) }
        td.bar { position: relative; width: 30%; min-width: 120px } td.bar span { display: block; height: 12px; margin-top: 4px; border-radius: 3px } td.bar .ok { background: var(--good) } td.bar .over { background: var(--bad) } td.bar i { position: absolute; top: 3px; bottom: 3px; width: 2px; background: var(--ink) }
        .chart { width: 100%; height: auto } .chart line { stroke: var(--line) } .chart text { fill: var(--soft); font-size: 11px; text-anchor: end } .chart .unit { text-anchor: start }
        .good rect { fill: var(--good) } .warn rect { fill: var(--warn) } .bad rect { fill: var(--bad) } .float rect { fill: var(--float) } .pair rect { fill: var(--float) } .pair rect:last-child { fill: var(--int8) } .chart g:hover rect { opacity: .65 }
        .key { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin: 0 2px 0 8px } .key.float { background: var(--float) } .key.int8 { background: var(--int8) }
        .histogram { width: 160px; height: 36px } .histogram .range { fill: var(--range) } .histogram path { fill: var(--int8) } .wide { overflow-x: auto }
        .samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 14px } figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden } figure img { width: 100%; height: 150px; object-fit: contain; background: #0002; display: block } figcaption { padding: 8px 10px } figcaption > small { float: right } .changed td { color: var(--bad) }
        footer { color: var(--soft); font-size: 12px; margin-top: 20px; overflow-wrap: anywhere }

        """;
}
