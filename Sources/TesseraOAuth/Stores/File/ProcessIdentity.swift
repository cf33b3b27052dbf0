#if OAuth
/// Who a process is, so that another one can tell whether it is gone.
enum ProcessIdentity {
    /// The number of the first process namespace of a Linux machine (PROC_PID_INIT_INO).
    private static let firstNamespace = "pid:[4026531836]"

    /// Machine, host name and process namespace: process numbers mean nothing outside of theirs, and containers of one
    /// image may share a machine id.
    static let host: String = {
        let namespace = FileCalls.systemLink("/proc/self/ns/pid") ?? firstNamespace
        let name = MachineIdentity.hash("\(MachineIdentity.system) \(FileCalls.hostName())")
        return "\(name)/\(namespace)"
    }()

    /// This process.
    static func holder(nonce: String) -> LoginRecord.Holder {
        let process = FileCalls.process
        return LoginRecord.Holder(
            host: host, boot: MachineIdentity.boot, process: process, started: startTime(of: process) ?? 0,
            nonce: nonce)
    }

    /// Whether a process is proven to be gone; nil when it cannot be known from here.
    static func isGone(_ holder: LoginRecord.Holder) -> Bool? {
        guard holder.host == host, holder.boot != "unknown" else { return nil }
        guard holder.boot == MachineIdentity.boot else {
            // The same machine was started anew. In a container the name and the id may be another machine's.
            return host.hasSuffix("/\(firstNamespace)") && MachineIdentity.system != "unknown" ? true : nil
        }
        switch FileCalls.exists(process: holder.process) {
        case .some(false): return true
        case .some(true):
            guard let started = startTime(of: holder.process), holder.started != 0 else { return nil }
            return started != holder.started || isZombie(holder.process)
        case .none: return nil
        }
    }

    /// When a process began, in the system's own units; nil when it cannot be seen.
    private static func startTime(of process: Int32) -> UInt64? {
        #if canImport(Darwin)
        return FileCalls.startTime(process: process)
        #else
        return ProcessStatus(FileCalls.systemFile("/proc/\(process)/stat") ?? "")?.started
        #endif
    }

    private static func isZombie(_ process: Int32) -> Bool {
        #if canImport(Darwin)
        return false
        #else
        guard let status = ProcessStatus(FileCalls.systemFile("/proc/\(process)/stat") ?? "") else { return false }
        // The first thread of a living process may have ended before the others.
        return (status.state == "Z" || status.state == "X") && status.threads <= 1
        #endif
    }
}

/// The fields of /proc/PID/stat that tell processes apart (proc(5)).
struct ProcessStatus: Hashable {
    var state: Substring
    var threads: Int
    var started: UInt64

    init?(_ text: String) {
        // The second field is a name in parentheses, which may hold blanks and parentheses.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count >= 20, let threads = Int(fields[17]), let started = UInt64(fields[19]) else { return nil }
        state = fields[0]
        self.threads = threads
        self.started = started
    }
}
#endif
