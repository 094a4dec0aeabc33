/// How the page looks: one column, quiet, coloured only where colour means something.
package enum ReportStyle {
  /// The style sheet.
  package static let css = [colors, text, tables, charts, pieces, media].joined(separator: "\n")

  /// Grounds, letters, and the palettes of arms (c), of entries of the ledger (l), of good and bad.
  ///
  /// No two of a palette are alike to anybody (`scripts/colours.py`). Found by moving earlier colours as little as that asks for.
  package static let colors = """
    :root{--paper:#fbfaf8;--card:#fff;--ink:#1b1d21;--soft:#5d636e;--rule:#e3e0da;--shade:0 0 0/.22;
    --good:0 137 123;--bad:190 40 30;
    --c0:#8a8f9a;--c1:#c41900;--c2:#4d6a84;--c3:#54a379;--c4:#580eb6;--c5:#c18a04;--c6:#073c4d;--c7:#954b54;--c8:#422b1d;
    --l0:#4f6f93;--l1:#c98613;--l2:#38a67b;--l3:#ab80e3;--l4:#b02c4d;--l5:#8c93a0;--l6:#4715c7}
    @media (prefers-color-scheme:dark){:root{--paper:#15171b;--card:#1d2026;--ink:#e9e7e2;
    --soft:#a0a6b1;--rule:#343942;--shade:255 255 255/.28;--good:90 215 185;--bad:245 100 70;
    --c0:#8c8faa;--c1:#ae5b3d;--c2:#a4b9ff;--c3:#41c23c;--c4:#6e77ff;--c5:#fffa43;--c6:#8ff8f5;--c7:#cf888c;--c8:#f6ccac;
    --l0:#8991ff;--l1:#feac15;--l2:#36c18d;--l3:#bec2cc;--l4:#c46699;--l5:#767667;--l6:#803bf7}}
    """ + "\n" + plain + dashed

  private static let plain =
    (0...8).map { ".c\($0){--c:var(--c\($0))}" }.joined()
    + (0...6).map { ".l\($0){--c:var(--l\($0))}" }.joined() + "\n"

  /// Colours that return are told apart by dashes and stripes.
  private static let dashed = (1...8).map { n in
    ".c\(n + 8){--c:var(--c\(n))}.line.c\(n + 8){stroke-dasharray:7 4}"
      + ".swatch.c\(n + 8){background:repeating-linear-gradient(135deg,var(--c) 0 3px,transparent 3px 5px)}"
  }.joined(separator: "\n")

  private static let text = """
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;
    font:16px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif}
    main{max-width:1100px;margin:0 auto;padding:40px 24px 64px;overflow-wrap:break-word}
    header{margin-bottom:28px}
    .eyebrow{margin:0 0 10px;color:var(--soft);font-size:14px;letter-spacing:.02em}
    h1{margin:0;font-size:clamp(23px,3.6vw,36px);line-height:1.2;font-weight:680;
    letter-spacing:-.015em;text-wrap:balance;overflow-wrap:anywhere}
    .price{font-size:clamp(16px,2vw,20px);margin:14px 0 0;color:var(--soft);text-wrap:pretty}
    .price b{color:var(--ink)}
    section{margin:52px 0 0}#headline{margin-top:0}
    h2{margin:0;font-size:23px;letter-spacing:-.01em}
    h3{margin:26px 0 8px;font-size:16px}h3 small{font-weight:400;color:var(--soft)}
    .reading{margin:4px 0 16px;color:var(--soft);max-width:72ch}
    .notes{color:var(--soft);font-size:14px;padding-left:18px;max-width:100ch}
    .faint,small{color:var(--soft);font-size:13px}
    .going{color:rgb(var(--bad));font-weight:600}
    .best{font-style:normal;font-size:12px;font-weight:600;color:rgb(var(--good));
    background:rgb(var(--good)/.13);padding:1px 7px;border-radius:9px}
    code,pre{font-family:ui-monospace,"SF Mono","DejaVu Sans Mono",monospace;font-size:13px}
    pre{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:12px 14px;
    overflow-x:auto}
    summary{cursor:pointer;padding:6px 0;font-weight:600}
    footer{margin-top:56px;color:var(--soft);font-size:13px}
    """

  private static let tables = """
    .scroll{overflow-x:auto;border:1px solid var(--rule);border-radius:10px;margin:0 0 16px;position:relative;
    background:linear-gradient(90deg,var(--card) 40%,transparent),linear-gradient(270deg,var(--card) 40%,transparent) 100% 0,
    radial-gradient(farthest-side at 0 50%,rgb(var(--shade)),transparent),radial-gradient(farthest-side at 100% 50%,rgb(var(--shade)),transparent) 100% 0;
    background-repeat:no-repeat;background-color:var(--card);background-size:32px 100%,32px 100%,12px 100%,12px 100%;
    background-attachment:local,local,scroll,scroll}
    table{border-collapse:collapse;width:100%;font-size:14.5px;font-variant-numeric:tabular-nums}
    th{font-size:12.5px;font-weight:500;color:var(--soft);text-align:right;padding:9px 8px;
    white-space:nowrap}
    td,tbody th{padding:8px 8px;text-align:right;border-top:1px solid var(--rule);white-space:nowrap}
    tbody th{font:inherit;color:inherit}
    caption{text-align:left;padding:9px 14px 0;font-size:12.5px;color:var(--soft)}
    caption span{display:block;position:sticky;left:14px;width:max-content;max-width:min(1020px,calc(100vw - 80px))}
    th:first-child,td:first-child{text-align:left;padding-left:14px}
    .headline td b{font-size:16px}.headline em{display:block;width:max-content;margin:2px 0 0 19px}
    .headline th,.headline td{padding-left:6px;padding-right:6px}
    @media (min-width:601px){.headline .arm{min-width:180px}.headline tr>:first-child{padding-left:14px}}
    .contrasts tbody th .faint{display:block;margin-left:19px}
    .contrasts td:nth-child(2),.contrasts th:nth-child(2),.states td,.states th{text-align:left}
    .curriculum .bar{width:72px}
    .groups td,.groups th,.matrix td,.matrix th{text-align:center}
    .matrix td:first-child{color:var(--soft)}.matrix td:nth-child(2),.matrix th:nth-child(2){text-align:left}
    .target td:nth-child(n+3){min-width:86px}.keyframes th:first-child .arm{margin:1px 0}
    .cost td:nth-child(3){width:70%}.cost th:nth-child(2),.cost td:nth-child(2){text-align:left}
    .differences td,.differences th,.facts td,.facts th{text-align:left}.facts tbody th{color:var(--soft);width:1%}.facts td{white-space:normal;overflow-wrap:anywhere}th button{all:unset;cursor:pointer}
    .scroll:focus-visible,th button:focus-visible,.tools button:focus-visible,[data-arm][role]:focus-visible{outline:2px solid var(--c2);outline-offset:2px}
    th[aria-sort=ascending] button::after{content:" ↑"}th[aria-sort=descending] button::after{content:" ↓"}
    .tools{display:flex;gap:10px;justify-content:flex-end;margin:-10px 2px 16px;font-size:12.5px;color:var(--soft)}
    .tools button{all:unset;cursor:pointer;color:var(--soft)}.hint{margin-right:auto;color:var(--ink)}.hint[hidden]{display:none}.tools button:hover{color:var(--ink)}
    .bounds{color:var(--soft);font-size:14.5px;margin:-4px 2px 16px}.bounds b{color:var(--ink)}
    .contents{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:14px;margin:22px 0 0}.contents a{color:var(--soft)}
    .under{font-style:normal;font-size:12px;color:rgb(var(--bad));background:rgb(var(--bad)/.12);padding:1px 7px;border-radius:9px}
    .contrasts .word{font:inherit;padding:2px 8px;border-radius:6px}
    .cell{display:inline-block;min-width:40px;padding:3px 6px;border-radius:6px}
    .good{--k:var(--good)}.bad{--k:var(--bad)}.cell,.word{background:rgb(var(--k)/var(--a))}
    .arm{white-space:nowrap;display:inline-flex;align-items:center;gap:8px}
    .swatch{display:inline-block;width:11px;height:11px;border-radius:3px;background:var(--c);flex:none}
    .legend{display:flex;flex-wrap:wrap;gap:6px 18px;margin:0 0 12px;font-size:14.5px}
    """

  private static let charts = """
    svg.chart{display:block;width:100%;height:auto}
    .grid{stroke:var(--rule);stroke-width:1}
    .tick,.axis{fill:var(--soft);font-size:11.5px;font-variant-numeric:tabular-nums}
    .line{fill:none;stroke:var(--c);stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
    .seed{fill:none;stroke:var(--c);stroke-width:.9;opacity:.4;stroke-linejoin:round}
    .tabs>#curve-seeds:not(:checked)~.panel .seed{display:none}
    .band{fill:var(--c);opacity:.15}.dot{fill:var(--c)}
    .reach{stroke:var(--c);stroke-width:4;stroke-linecap:round;opacity:.38}
    .floor{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:3 3}
    [data-arm].off{opacity:.35}svg [data-arm].off{display:none}.legend [data-arm][role]{cursor:pointer}
    .tip{position:fixed;pointer-events:none;background:var(--ink);color:var(--paper);font-size:13px;padding:4px 9px;border-radius:6px;
    max-width:80vw;z-index:9}.tip[hidden]{display:none}.mark{fill:none;stroke:var(--ink);stroke-width:2}
    svg.interval{width:120px;height:20px;vertical-align:middle}
    .matrix td:first-child,.groups td:first-child,.matrix th:first-child,.groups th:first-child
    {text-align:left}
    figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:10px;
    padding:12px 14px 8px}
    figcaption{font-size:13.5px;color:var(--soft);margin-bottom:6px}
    figcaption code{color:var(--ink)}
    .grid2{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:14px}
    .tabs{margin-bottom:8px}.tabs>input{position:absolute;opacity:0;pointer-events:none}
    .tabs nav{display:flex;flex-wrap:wrap;gap:6px;margin-bottom:10px}
    .tabs label{padding:5px 13px;border:1px solid var(--rule);border-radius:16px;cursor:pointer;
    font-size:14px;background:var(--card)}
    .tabs>#curve-seeds:checked~nav label[for=curve-seeds]{border-color:var(--ink)}
    .tabs>#curve-seeds:focus-visible~nav label[for=curve-seeds]{outline:2px solid var(--c2);outline-offset:2px}
    .tabs .choices{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center}.tabs .choices[hidden]{display:none}
    .tabs .choices label{padding:0;border:0;background:none}
    .choices select{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--rule);border-radius:8px;
    padding:4px 6px;max-width:240px}
    #curve-meaning{margin:0 0 8px}#curve-meaning:empty{display:none}
    .tabs .panel{display:none}.tabs .panel figcaption{display:none}
    """ + "\n" + tabs

  /// The n-th button shows the n-th panel: no script needed.
  private static let tabs = (1...4).map { n in
    ".tabs>input:nth-of-type(\(n)):checked~.panel:nth-of-type(\(n)){display:block}"
      + ".tabs>input:nth-of-type(\(n)):checked~nav>label:nth-child(\(n)){background:var(--ink);"
      + "color:var(--paper);border-color:var(--ink)}"
      + ".tabs>input:nth-of-type(\(n)):focus-visible~nav>label:nth-child(\(n)){outline:2px solid"
      + " var(--c2);outline-offset:2px}"
  }.joined(separator: "\n")

  private static let pieces = """
    .bar{display:inline-block;width:120px;height:9px;border-radius:5px;background:var(--rule);
    overflow:hidden;vertical-align:middle}.bar i{display:block;height:100%;background:var(--c2)}
    .stack{display:flex;height:16px;min-width:160px}.stack i{width:auto;height:100%;border-radius:0}
    .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:14px}
    article{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 14px}
    .query{margin:0 0 8px;font-weight:600}.words{margin:0 0 10px;line-height:2}
    .word{padding:3px 1px;border-radius:4px;white-space:pre-wrap;
    font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:15px}
    .reading .word{font-size:13px;padding:2px 5px}
    .reward{float:right;color:var(--soft);font-size:13px}
    .track{display:flex;align-items:center;gap:8px;font-size:12px;color:var(--soft);margin:3px 0}
    .track label{width:46px}.track span{width:40%;max-width:120px;color:var(--ink);font-variant-numeric:tabular-nums}.track div{position:relative;flex:1;height:11px;border-radius:6px;
    background:var(--rule);overflow:hidden}
    .track i{position:absolute;top:0;bottom:0;border-radius:4px}
    .track .answer{background:var(--ink)}.track .truth{background:rgb(var(--good))}
    article .faint{margin:6px 0 0}
    .strokes{font-size:12px;color:var(--soft);margin:7px 0}.strokes label{display:block;margin-bottom:2px}
    .strokes div{position:relative;height:16px;border-radius:4px;background:var(--rule);overflow:hidden}
    .strokes i{position:absolute;top:0;bottom:0;background:rgb(var(--good)/.4)}
    .strokes b{position:absolute;top:2px;bottom:2px;width:2px;margin-left:-1px;background:var(--c)}
    .state{padding:1px 8px;border-radius:9px;background:rgb(var(--good)/.14)}
    .state.failed,.state.interrupted{background:rgb(var(--bad)/.2)}
    .state.running,.state.pending{background:var(--rule)}
    """

  private static let media = """
    @media (max-width:600px){main{padding:24px 14px 48px}.tick,.axis{font-size:25px}.tick.odd{display:none}
    .line{stroke-width:4}.seed{stroke-width:1.6}.grid2 .tick,.grid2 .axis{font-size:14px}.grid2 .tick.odd{display:inline}
    .headline .arm,.target .arm,.groups .arm,.cost .arm,.contrasts .arm{white-space:normal;min-width:96px}caption span{max-width:calc(100vw - 58px)}.grid2 .line{stroke-width:2.2}.headline .best{display:none}.stack{min-width:110px}
    section{margin-top:40px}
    .headline th,.headline td{padding:8px 5px}svg.interval{width:90px}
    .headline :is(td,th):has(svg.interval),.headline thead th:has(small){display:none}.matrix .arm{white-space:normal}
    .cell{min-width:32px;padding:2px 4px;font-size:13px}}
    @media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#ccc}
    body{font-size:12px}main{max-width:none;padding:0}.tabs nav,.tools,.contents,.tip{display:none}
    .tabs .panel{display:block!important;margin-bottom:10px}
    .tabs .panel figcaption{display:block}
    section{break-inside:auto}figure,article,tr{break-inside:avoid}h2,h3{break-after:avoid}
    .scroll{overflow:visible}table{font-size:10px}.interval,.swatch,.word,.cell,.stack i,.track i,.bar i
    {print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
