/// The one line on standard output.
struct Report {
    /// One of the equal parts that a run was cut into, to see whether the cost grows with the number done.
    struct Part {
        let requests: Int
        let cpuSeconds: Double
        let rssKilobytes: Int

        var json: String {
            "{\"requests\":\(requests),\"cpu_seconds\":\(cpuSeconds),\"rss_kb\":\(rssKilobytes)}"
        }
    }

    let mode: String
    let requests: Int
    let concurrency: Int
    let cpuSeconds: Double
    let contextSwitches: Int
    let wallSeconds: Double
    let maxRSSKilobytes: Int
    let privateKilobytes: Int
    let bad: Int
    let parts: [Part]

    var json: String {
        """
        {"mode":"\(mode)","requests":\(requests),"concurrency":\(concurrency),\
        "cpu_seconds":\(cpuSeconds),"context_switches":\(contextSwitches),"wall_seconds":\(wallSeconds),\
        "max_rss_kb":\(maxRSSKilobytes),"private_kb":\(privateKilobytes),"bad":\(bad),"parts":[\(parts.map { $0.json }.joined(separator: ","))]}
        """
    }
}
