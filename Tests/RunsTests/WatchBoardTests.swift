import Foundation
import Records
import Testing

@testable import Analysis

@Suite("The board of runs that are going")
struct WatchBoardTests {
  private func row(_ arm: String, _ state: String, _ step: Int?, _ seconds: Double?)
    -> WatchBoard.Row
  {
    WatchBoard.Row(
      path: arm, arm: arm, state: state, step: step, steps: 100, seconds: seconds)
  }

  @Test("knows when one run ends by its pace, and the rest by that of its arm, so many at a time")
  func left() {
    let going = row("a", "running", 25, 50)
    let rest = [
      row("b", "running", 50, 50), row("a", "pending", nil, nil), row("c", "pending", nil, nil),
    ]
    let board = WatchBoard(rows: [going] + rest, title: "mIoU")
    // 200 s a run of a, 100 s one of b; c takes the mean of what is known, 150 s.
    #expect(board.left(going) == 150)
    let inAll: Double = 150 + 50 + 200 + 150
    #expect(board.left == inAll / 2)
    let waiting = WatchBoard(rows: [row("a", "pending", nil, nil)], title: "mIoU")
    #expect(waiting.left == nil)
    let beginning = WatchBoard(rows: [row("a", "running", 0, 0)], title: "mIoU")
    #expect(beginning.left == nil)
  }

  @Test("lists runs of a plan that are not begun, and no error is what has nothing yet")
  func planned() throws {
    let folder = TemporaryFolder()
    #expect(WatchBoard([folder.path]).rows.isEmpty)
    var sweep = SyntheticSweep()
    sweep.seeds = 2
    sweep.steps = 8
    try sweep.write(to: folder.path)
    try
      #"{"name":"x","arms":["opd","new"],"runs":[{"arm":"opd","seed":0,"identity":""},{"arm":"new","seed":5,"identity":""}]}"#
      .write(toFile: folder.path + "/plan.json", atomically: true, encoding: .utf8)
    let board = WatchBoard([folder.path])
    #expect(board.rows.count == 9)
    #expect(
      board.rows.filter { $0.state == "pending" }.map(\.path) == [folder.path + "/new/seed-5"])
    #expect(board.title == "mIoU" && board.html.contains("<b>8</b> of 9 runs done"))
  }
}

@Suite(
  "A watched page in a browser", .serialized, .enabled(if: Browser.path != nil, "needs chromium"))
struct WatchBrowserTests {
  /// The page of a sweep of which one run is going: this process has it.
  private func title(after script: String) async throws -> (title: String, run: String) {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.seeds = 2
    sweep.steps = 40
    sweep.state = { arm, seed in arm == 1 && seed == 0 ? "running" : "done" }
    try sweep.write(to: folder.path)
    let run = folder.path + "/opd/seed-0"
    let lease = try #require(try RunLease.take(run) { true })
    defer { lease.release() }
    let page = await WatchBoard.page(of: [folder.path])
    return (try Browser.title(of: page, after: script), run)
  }

  @Test("asks for the state of runs by itself, and keeps curves below")
  func refresh() async throws {
    let (title, _) = try await title(
      after: """
        let asked=0;const board=document.getElementById('watch').outerHTML;
        window.fetch=async path=>{asked+=path==='runs';return new Response(board.replace('<b>7</b>','<b>8</b>'))};
        const done=()=>document.querySelector('#watch b').textContent,before=done();
        setTimeout(()=>{document.title=[before,done(),asked>0,!!document.querySelector('#curves svg.chart')].join(' ')},3000);
        """)
    #expect(title == "7 8 true true")
  }

  @Test("asks before a run is stopped, and says so where nobody answers")
  func stop() async throws {
    let (title, run) = try await title(
      after: """
        const sent=[];let sure=false;window.confirm=()=>sure;
        window.fetch=async(path,how)=>{sent.push([path,how&&how.method,how&&how.body].join(' '));return new Response('',{status:500})};
        const button=document.querySelector('button[data-stop]'),count=document.querySelectorAll('button[data-stop]').length;
        button.click();const held=sent.length;sure=true;button.click();const first=sent[0],off=button.disabled;
        setTimeout(()=>{document.title=[count,held,first,off,document.getElementById('watch').className].join('|')},500);
        """)
    #expect(title == "1|0|stop POST \(run)|true|gone")
  }
}
