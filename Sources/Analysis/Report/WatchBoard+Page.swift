internal import Core
internal import Foundation
internal import Records

extension WatchBoard {
  /// The board as a section of a page; it names what has been measured, so that a page knows when to be made anew.
  package var html: String {
    let done = rows.count { $0.state == RunDirectory.State.done.rawValue }
    let left = left.map { " · about \(Quantity.duration($0)) left" } ?? ""
    let table = HTML.table(
      ["run", "state", "step", "", HTML.escaped(title), "left", ""], rows.map(cells),
      kind: "watch", caption: "Runs that are going first.", naming: 0)
    return "<section id=\"watch\" data-stamp=\"\(stamp)\"><p class=\"price\"><b>\(done)</b> of"
      + " \(rows.count) runs done\(left)</p><p class=\"reading\" aria-live=\"polite\">As of "
      + "<time>\(Date.now.formatted(.iso8601.time(includingFractionalSeconds: false)))</time> UTC,"
      + " looked at every two seconds.</p>\(table)</section>"
  }

  /// Changes when a run's value or state does.
  private var stamp: String {
    ContentHash.of(rows.map { "\($0.path) \($0.state) \($0.value ?? -1)" }.sorted())
  }

  private func cells(_ row: Row) -> [String] {
    let state = HTML.escaped(row.state)
    let share = row.step.flatMap { step in row.steps.map { Double(step) / Double(max(1, $0)) } }
    let bar = share.map {
      "<span class=\"bar\"><i style=\"width:\(Quantity.percent(min(1, $0)))%\"></i></span>"
    }
    let isGoing = row.state == RunDirectory.State.running.rawValue
    let stop =
      isGoing ? "<button type=\"button\" data-stop=\"\(HTML.escaped(row.path))\">stop</button>" : ""
    return [
      HTML.escaped(row.path),
      "<span class=\"state \(state)\" title=\"\(HTML.escaped(row.message ?? ""))\">\(state)</span>",
      (row.step.map { "\($0)" } ?? "–") + (row.steps.map { " of \($0)" } ?? ""), bar ?? "",
      row.value.map(Quantity.level) ?? "–", left(row).map(Quantity.duration) ?? "–", stop,
    ]
  }

  /// The page of a moment: the board, beneath it the report as far as there is one yet.
  ///
  /// - Parameters:
  ///   - folders: Each the folder of a sweep, of an arm or of a run.
  ///   - metric: The metric that decides; the task's if `nil`.
  ///   - baseline: The arm the others are compared to; the sweep's first one if `nil`.
  /// - Returns: A page that asks `runs` beside it for the board and posts a run's folder to `stop`.
  package static func page(
    of folders: [String], metric: String? = nil, baseline: String? = nil
  ) async -> String {
    let board = WatchBoard(folders).html
    do {
      return try await Report.html(of: folders, metric: metric, baseline: baseline, live: board)
    } catch {
      let reason = "<p class=\"reading\">There is no report yet. \(HTML.escaped("\(error)"))</p>"
      return HTML.page(
        "Runs", style: watchStyle, body: board + reason, script: watchScript,
        command: "opd report --watch")
    }
  }

  static let watchStyle = """
    .watch td,.watch th{text-align:left}.watch button{font:inherit;font-size:13px;color:rgb(var(--bad));background:none;
    border:1px solid rgb(var(--bad)/.5);border-radius:8px;padding:2px 10px;cursor:pointer}
    .watch button:disabled{opacity:.5;cursor:default}#watch{margin:0 0 40px}#watch.gone time::after{content:" – nobody answers any more"}
    """

  /// Asks for the board, and for the whole page when something new was measured; what was chosen and hidden may change then,
  /// so not more often than every quarter of a minute.
  static let watchScript = """
    (()=>{const box=document.getElementById('watch'),born=Date.now(),stamp=box.dataset.stamp;
    const take=async reply=>{if(!reply.ok)throw reply.status;
    const next=new DOMParser().parseFromString(await reply.text(),'text/html').getElementById('watch');
    box.classList.remove('gone');box.innerHTML=next.innerHTML;
    if(next.dataset.stamp!==stamp&&Date.now()-born>15e3&&!document.querySelector('#watch button:disabled'))location.reload()};
    const ask=(path,how)=>fetch(path,how).then(take).catch(()=>box.classList.add('gone'));
    setInterval(()=>ask('runs'),2000);
    box.addEventListener('click',e=>{const button=e.target.closest('button[data-stop]');if(!button)return;
    if(!confirm('Let '+button.dataset.stop+' finish its step, save and end?'))return;
    button.disabled=true;ask('stop',{method:'POST',body:button.dataset.stop})})})();
    """
}
