#if OAuth
import Crypto

/// Which machine this is, as far as that can be known without asking anybody.
enum MachineIdentity {
    /// The machine's id (machine-id(5), gethostuuid(2)); a constant where there is none, as in many containers.
    static let system: String = {
        #if canImport(Darwin)
        return FileCalls.hardwareID() ?? "unknown"
        #else
        for path in ["/etc/machine-id", "/var/lib/dbus/machine-id"] {
            let id = FileCalls.systemFile(path).map { String($0.prefix { $0 != "\n" }) } ?? ""
            if id.utf8.count == 32 { return id }
        }
        return "unknown"
        #endif
    }()

    /// Changes with each start of the machine.
    static let boot: String = {
        #if canImport(Darwin)
        return FileCalls.systemText("kern.bootsessionuuid") ?? "unknown"
        #else
        return FileCalls.systemFile("/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "\n" }) }
            ?? "unknown"
        #endif
    }()

    /// machine-id(5) asks that the id itself is not shown to others.
    static func hash(_ id: String) -> String {
        let digest = SHA256.hash(data: Array("tessera machine 1 \(id)".utf8))
        return digest.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
#endif
