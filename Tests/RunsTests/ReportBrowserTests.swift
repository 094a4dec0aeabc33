import Foundation
import Testing

@testable import Analysis

/// A page as a browser has it after somebody touched it.
enum Browser {
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// What `script` leaves in the title of the report of a made-up sweep.
  static func title(ofSweepAfter script: String) async throws -> String {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.steps = 40
    sweep.evaluationEvery = 4
    sweep.seeds = 3
    try sweep.write(to: folder.path)
    return try title(of: try await Report.html(of: [folder.path]), after: script)
  }

  /// What `script` leaves in the title of the page.
  static func title(of page: String, after script: String) throws -> String {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let file = folder.path + "/page.html"
    try page.replacing("</body>", with: "<script>\(script)</script></body>")
      .write(toFile: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: path ?? "")
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
      "--virtual-time-budget=5000", "--dump-dom", "file://" + file,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let dom = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return dom.firstMatch(of: /<title>([^<]*)<\/title>/).map { String($0.1) } ?? dom
  }
}

@Suite("A report in a browser", .serialized, .enabled(if: Browser.path != nil, "needs chromium"))
struct ReportBrowserTests {
  private func title(after script: String) async throws -> String {
    try await Browser.title(ofSweepAfter: script)
  }

  @Test("says what a point is when somebody points at it")
  func pointing() async throws {
    let title = try await title(
      after: """
        const svg=document.querySelector('svg.chart'),box=svg.getBoundingClientRect();
        const [x,y]=svg.querySelector('g[data-points]').dataset.points.split(';')[1].split(',');
        const k=box.width/svg.viewBox.baseVal.width;
        svg.dispatchEvent(new PointerEvent('pointermove',{clientX:box.left+x*k,clientY:box.top+y*k}));
        const tip=document.querySelector('.tip');document.title=tip.hidden+' '+tip.textContent;
        """)
    #expect(
      title.contains(/^false \S+: 0\.\d+ \[0\.\d+, 0\.\d+; 95 % over seeds\] at \S+$/), "\(title)")
  }

  @Test("hides an arm in every drawing, and shows it again")
  func hiding() async throws {
    let title = try await title(
      after: """
        const item=document.querySelector('#curves .legend [data-arm]');
        const count=()=>document.querySelectorAll('svg .off').length;
        const before=count();item.click();const hidden=count();item.click();
        document.title=[before,hidden>1,count(),item.getAttribute('aria-pressed')].join(' ');
        """)
    #expect(title == "0 true 0 true")
  }

  @Test("sorts a table by numbers, either way")
  func sorting() async throws {
    let title = try await title(
      after: """
        const table=document.querySelector('table.headline');
        const at=[...table.tHead.rows[0].cells].findIndex(c=>c.textContent.includes('mIoU'));
        const values=()=>[...table.tBodies[0].rows].map(r=>parseFloat(r.cells[at].textContent));
        const sorted=up=>values().every((v,i,a)=>!i||(up?a[i-1]<=v:a[i-1]>=v));
        const head=table.tHead.rows[0].cells[at].querySelector('button');
        head.click();const down=sorted(false);head.click();
        document.title=[down,sorted(true),values().length>2].join(' ');
        """)
    #expect(title == "true true true")
  }

  @Test("says of a table that there is more of it to the right, and lets a keyboard scroll it")
  func scrolling() async throws {
    let title = try await title(
      after: """
        const box=document.querySelector('#headline .scroll'),hint=box.nextElementSibling.querySelector('.hint');
        const wide=box.scrollWidth>box.clientWidth+1;
        document.title=[hint.hidden!==wide,(box.tabIndex===0)===wide,(box.getAttribute('role')==='region')===wide].join(' ');
        """)
    #expect(title == "true true true")
  }

  @Test("names every row, table and drawing for those who cannot see them")
  func names() async throws {
    let title = try await title(
      after: """
        const all=s=>[...document.querySelectorAll(s)];
        document.title=[all('section table').length>8,all('section table').every(t=>t.caption&&t.caption.textContent.trim()),
        all('thead th').every(h=>h.scope==='col'),all('tbody tr').every(r=>r.querySelector('th[scope=row]')),
        all('svg').every(s=>s.getAttribute('aria-hidden')||s.getAttribute('aria-label')),
        all('.stack').every(s=>/%/.test(s.getAttribute('aria-label')))].join(' ');
        """)
    #expect(title == "true true true true true true")
  }

  @Test("offers each table as text of three kinds and each figure as a file")
  func copying() async throws {
    let title = try await title(
      after: """
        let text='';navigator.clipboard.writeText=async t=>{text=t};
        const tools=document.querySelector('#headline .tools');
        tools.querySelectorAll('button')[1].click();
        document.title=[tools.textContent,text.split('\\n').length>3,text.includes(','),
        [...document.querySelectorAll('figure .tools')].length>0].join(' | ');
        """)
    #expect(title == "more columns →copy asMarkdownCSVLaTeX | true | true | true")
  }

  @Test("copies a value with its interval as one cell, and as plain numbers for programs")
  func copies() async throws {
    let title = try await title(
      after: """
        const table=document.querySelector('table.headline'),rows=f=>opdCopy[f](table).split('\\n');
        const [head,,first]=rows('Markdown'),csv=rows('CSV').map(r=>r.split(','));
        document.title=[head.includes('| mIoU mean |')&&head.includes('| rollout tokens |'),!/\\|\\s+\\|/.test(head),
        /^\\| [a-z-]+ \\| 0\\.\\d+ \\[0\\.\\d+, 0\\.\\d+\\] \\|/.test(first),csv[0].slice(0,4).join(','),
        csv.every(r=>r.length===csv[0].length),csv.slice(1).every(r=>r.slice(1).every(x=>x===''||!isNaN(x))),
        rows('LaTeX')[1].split('&').length===head.split('|').length-2].join(' | ');
        """)
    #expect(
      title
        == "true | true | true | arm,mIoU mean,mIoU mean low,mIoU mean high | true | true | true")
  }

  @Test("has no cell in any copy that runs two words or numbers together, and no mark of an arm")
  func copiesOfAll() async throws {
    let title = try await title(
      after: """
        const wrong=[];for(const t of document.querySelectorAll('section table'))for(const f of ['Markdown','CSV','LaTeX']){
        const text=opdCopy[f](t);if(/ best\\b|undefined|NaN|mIoUmean|rollouttokens|\\|\\s*\\|[^\\n]*\\n\\|---/.test(text))wrong.push(t.className+' '+f);
        const lines=opdCopy.CSV(t).split('\\n').map(l=>l.replace(/"[^"]*"/g,'').split(',').length);
        if(new Set(lines).size>1)wrong.push(t.className+' ragged')}
        document.title=wrong.join('; ')||'none';
        """)
    #expect(title == "none")
  }
}
