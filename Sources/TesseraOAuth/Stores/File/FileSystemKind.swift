#if OAuth
import TesseraCore

/// The file system that a store is on, by its name in the kernel.
///
/// A file store needs exclusive locks that end with their holder, files that keep their inode, and an fsync that means
/// it. The names below have that; every other one is refused unless the caller names it, network file systems included.
struct FileSystemKind: Sendable, Hashable {
    let name: String

    /// Without a disk below, nothing survives a crash of the machine.
    var isVolatile: Bool { name == "tmpfs" || name == "ramfs" }

    var isKnownToBeLocal: Bool { FileSystemKind.local.contains(name) }

    private static let local: Set<String> = [
        "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "nilfs2", "reiserfs", "overlay",
        "tmpfs", "ramfs", "rootfs", "ecryptfs", "apfs", "hfs",
    ]

    static func of(_ directory: OpenFile) -> FileSystemKind {
        #if canImport(Darwin)
        return FileSystemKind(name: FileCalls.fileSystem(of: directory.number) ?? "unknown")
        #else
        // The mount of this very descriptor: paths can be mounted over, and st_dev is made up on some file systems.
        guard let information = FileCalls.systemFile("/proc/self/fdinfo/\(directory.number)"),
            let mounts = FileCalls.systemFile("/proc/self/mountinfo"),
            let name = name(descriptor: information, mounts: mounts)
        else { return FileSystemKind(name: "unknown") }
        return FileSystemKind(name: name)
        #endif
    }

    /// The type of the mount that `mnt_id` of a descriptor's fdinfo names (proc(5)).
    static func name(descriptor information: String, mounts: String) -> String? {
        let line = information.split(separator: "\n").first { $0.hasPrefix("mnt_id:") }
        guard let mount = line?.dropFirst(7).split(whereSeparator: { $0 == " " || $0 == "\t" }).first else {
            return nil
        }
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.first == mount, let dash = fields.firstIndex(of: "-"), fields.indices.contains(dash + 1)
            else { continue }
            return String(fields[dash + 1])
        }
        return nil
    }
}
#endif
