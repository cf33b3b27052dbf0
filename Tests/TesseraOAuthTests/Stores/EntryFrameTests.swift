#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Entry frame` {
    private let frame = EntryFrame(
        name: .fixture("abc"), sequence: 7, nonce: 0xFE, machine: "m", directory: .init(inode: 1, birth: 2),
        file: .init(inode: 3, birth: 4), bytes: Array("a\n\u{0}b".utf8))

    @Test func `a frame comes back`() throws {
        let read = try EntryFrame.parse(frame.encoded())
        #expect(read == frame)
        #expect(read.version.value == "7-fe")
    }

    @Test func `every other byte, every cut and every addition is noticed`() throws {
        let bytes = frame.encoded()
        for index in bytes.indices {
            for bit in [UInt8(1), 0x20, 0x80] {
                var edited = bytes
                edited[index] ^= bit
                #expect(throws: EntryFrame.Flaw.self, "byte \(index)") { try EntryFrame.parse(edited) }
            }
        }
        for length in 0..<bytes.count {
            #expect(throws: EntryFrame.Flaw.damaged) { try EntryFrame.parse(Array(bytes.prefix(length))) }
        }
        #expect(throws: EntryFrame.Flaw.damaged) { try EntryFrame.parse(bytes + [0]) }
    }

    @Test func `a newer format is told from damage`() {
        #expect(throws: EntryFrame.Flaw.tooNew(2)) { try EntryFrame.parse(Array("tessera-entry 2 x\n".utf8)) }
        #expect(throws: EntryFrame.Flaw.damaged) { try EntryFrame.parse(Array("tessera-entry -2 x\n".utf8)) }
    }

    /// Rubbish must not end the process, whatever it is.
    @Test func `random bytes are refused`() {
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        print("seed \(seed)")
        var state = seed
        for _ in 0..<2000 {
            var bytes = Array("tessera-entry 1 ".utf8)
            for _ in 0..<Int(state % 90) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 33))
            }
            #expect(throws: EntryFrame.Flaw.self) { try EntryFrame.parse(bytes) }
        }
    }

    @Test func `a mark has a fixed length, and half of one is none`() {
        for number in [0, 1, 99, UInt64.max] {
            let bytes = VersionMark(number).encoded
            #expect(bytes.count == VersionMark.length && VersionMark(bytes)?.number == number)
            #expect(VersionMark(Array(bytes.prefix(30))) == nil)
        }
        let mixed = VersionMark(12).encoded.prefix(34) + VersionMark(99).encoded.dropFirst(34)
        #expect(VersionMark(Array(mixed)) == nil)
    }
}

@Suite struct `Entry verdict` {
    private static let here = EntryVerdict.Place(
        name: .fixture("abc"), machine: "m", directory: .init(inode: 1, birth: 2), file: .init(inode: 3, birth: 4),
        mark: 7, witness: 6, hasStableInodes: true)
    private static let frame = EntryFrame(
        name: .fixture("abc"), sequence: 7, nonce: 1, machine: "m", directory: .init(inode: 1, birth: 2),
        file: .init(inode: 3, birth: 4), bytes: [])

    private typealias Change = (inout EntryVerdict.Place) -> Void

    static let table: [(String, @Sendable (inout EntryVerdict.Place) -> Void, EntryVerdict)] = [
        ("nothing", { _ in }, .current),
        ("a crash before the mark was raised", { $0.mark = 6 }, .current),
        ("marks lost", { ($0.mark, $0.witness) = (0, 0) }, .current),
        ("another name", { $0.name = .fixture("abd") }, .belongsElsewhere),
        ("another machine", { $0.machine = "n" }, .copied(.machine)),
        ("another directory", { $0.directory.inode = 9 }, .copied(.directory)),
        ("the directory's number, used again", { $0.directory.birth = 9 }, .copied(.directory)),
        ("another file", { $0.file.inode = 9 }, .rolledBack(.replaced)),
        ("the file's number, used again", { $0.file.birth = 9 }, .rolledBack(.replaced)),
        ("a higher mark", { $0.mark = 8 }, .rolledBack(.older)),
        ("a higher witness", { $0.witness = 8 }, .rolledBack(.older)),
        ("a copied directory that is older", { ($0.witness, $0.directory.inode) = (8, 9) }, .rolledBack(.older)),
        ("numbers that change by themselves", { ($0.hasStableInodes, $0.file.inode) = (false, 9) }, .current),
        ("the same on another machine", { ($0.hasStableInodes, $0.machine) = (false, "n") }, .copied(.machine)),
    ]

    @Test(arguments: table.indices)
    func `what differs decides`(row: Int) {
        let (what, change, expected) = Self.table[row]
        var place = Self.here
        change(&place)
        let verdict = EntryVerdict(Self.frame, at: place)
        #expect(verdict == expected, "\(what)")
        #expect((verdict.failure == nil) == (expected == .current))
    }
}

@Suite struct `Places and processes` {
    @Test(arguments: [
        (["XDG_STATE_HOME": "/s"], "/s/tessera"), (["XDG_STATE_HOME": "rel", "HOME": "/h"], "/h/.local/state/tessera"),
        (["HOME": "/h"], "/h/.local/state/tessera"), (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/tessera"),
    ])
    func `the default place is XDG's`(environment: [String: String], path: String) throws {
        #expect(try StateDirectory.path { environment[$0] } == path)
    }

    @Test(arguments: [[:], ["HOME": "relative"], ["HOME": "/"], ["XDG_STATE_HOME": "a"]])
    func `without an absolute path there is none`(environment: [String: String]) async {
        #expect(await storeError { _ = try StateDirectory.path { environment[$0] } } == .misconfigured)
    }

    @Test func `the file system is that of the descriptor's mount`() {
        let mounts = """
            22 27 0:21 / /proc rw,relatime - proc proc rw
            31 27 0:44 / /mnt/a rw shared:5 master:2 - nfs4 server:/a rw
            32 27 8:1 / / rw - ext4 /dev/sda1 rw
            """
        let names = ["31": "nfs4", "32": "ext4", "22": "proc", "3": nil, "x": nil]
        for (mount, name) in names {
            #expect(FileSystemKind.name(descriptor: "pos:\t0\nmnt_id:\t\(mount)\nino:\t3\n", mounts: mounts) == name)
        }
        #expect(FileSystemKind.name(descriptor: "", mounts: mounts) == nil)
        #expect(FileSystemKind.name(descriptor: "mnt_id: 40", mounts: "40 1 0:1 / / rw -") == nil)
    }

    @Test(arguments: ["nfs", "nfs4", "cifs", "smb3", "fuse", "fuse.sshfs", "9p", "virtiofs", "ceph", "afs", "unknown"])
    func `what is not known to be local is refused`(name: String) {
        #expect(!FileSystemKind(name: name).isKnownToBeLocal)
    }

    @Test func `a process's name cannot forge its start time`() {
        let tail = "S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 3 0 98765 1 1"
        #expect(ProcessStatus("7 (sleep) \(tail)")?.started == 98765)
        #expect(ProcessStatus("7 (a) S 1 (b c) \(tail)") == ProcessStatus("7 (sleep) \(tail)"))
        #expect(ProcessStatus("7 (sleep) S 1") == nil)
        #expect(ProcessStatus("") == nil)
    }

    @Test func `only what is proven gone counts as gone`() throws {
        let own = ProcessIdentity.holder(nonce: "n")
        #expect(ProcessIdentity.isGone(own) == false)
        var other = own
        other.started += 1
        #expect(ProcessIdentity.isGone(other) == true, "the number is another process's now")
        other = own
        other.host = "elsewhere"
        #expect(ProcessIdentity.isGone(other) == nil)
        other = own
        other.process = try StoreProbe.endedProcess()
        #expect(ProcessIdentity.isGone(other) == true)
    }
}
#endif
