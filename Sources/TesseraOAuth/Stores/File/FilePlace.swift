#if OAuth
import Crypto
import TesseraCore

/// Where a file store keeps its entries, opened and checked anew for each operation: what was checked yesterday may be
/// another directory today.
struct FilePlace: Sendable {
    let path: String
    let options: FileTokenStore.Options
    /// The directory outside of `path` that remembers versions; nil when there is none.
    let witnessPath: String?
    /// This machine, as a hash.
    let machine: String

    init(path: String, options: FileTokenStore.Options, environment: (String) -> String? = FileCalls.environment) {
        self.path = path
        self.options = options
        switch options.witness {
        case .none: witnessPath = nil
        case .directory(let path): witnessPath = path
        case .runtimeDirectory: witnessPath = StateDirectory.witness(environment: environment)
        }
        machine = MachineIdentity.hash(options.machine ?? MachineIdentity.system)
    }

    /// An opened directory.
    struct Opened: Sendable {
        let directory: OpenFile
        let id: EntryFrame.FileID
        let fileSystem: FileSystemKind
    }

    /// - Parameter creating: Whether a missing directory is made.
    func open(creating: Bool) throws -> Opened? {
        guard let directory = try DirectoryWalk.open(path, creating: creating) else { return nil }
        let kind = FileSystemKind.of(directory)
        guard kind.isKnownToBeLocal || options.allowedFileSystems.contains(kind.name) else {
            throw StoreFailure.insecure(
                "\(path) is on a file system of type \(kind.name), whose locks and syncs are not known to hold",
                remedy: "give a local directory, or name the type in allowedFileSystems if it has both")
        }
        do throws(FileCalls.Failure) {
            return Opened(directory: directory, id: try FilePlace.id(of: directory.number), fileSystem: kind)
        } catch {
            throw StoreFailure.file(error, "\(path) cannot be read")
        }
    }

    /// The witness's directory; nil when there is none, or when it is not safe: it can only add to what is noticed.
    func openWitness() -> OpenFile? {
        guard let witnessPath else { return nil }
        return try? DirectoryWalk.open(witnessPath, creating: true)
    }

    /// The witness's file for a name, which is a hash already.
    func witnessName(_ name: StorageName) -> String {
        let digest = SHA256.hash(data: Array(path.utf8)).prefix(8).map { $0 }
        return "\(StorageName(hexadecimal: digest).text)-\(name.text).mark"
    }

    static func id(of descriptor: Int32) throws(FileCalls.Failure) -> EntryFrame.FileID {
        EntryFrame.FileID(
            inode: try FileCalls.status(of: descriptor).inode, birth: FileCalls.birthTime(of: descriptor))
    }
}
#endif
