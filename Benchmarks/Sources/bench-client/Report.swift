/// The one line on standard output.
struct Report {
    let mode: String
    let requests: Int
    let concurrency: Int
    let cpuSeconds: Double
    let contextSwitches: Int
    let wallSeconds: Double
    let maxRSSKilobytes: Int
    let bad: Int

    var json: String {
        """
        {"mode":"\(mode)","requests":\(requests),"concurrency":\(concurrency),\
        "cpu_seconds":\(cpuSeconds),"context_switches":\(contextSwitches),"wall_seconds":\(wallSeconds),\
        "max_rss_kb":\(maxRSSKilobytes),"bad":\(bad)}
        """
    }
}
