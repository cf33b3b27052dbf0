#if OAuth
import TesseraCore

/// Whether a file is the entry that was written last: a pure comparison of what it says with what is known.
///
/// What each way to bring back an old state changes:
///
/// | | file | directory | marks |
/// |---|---|---|---|
/// | one file put back by copying | another | the same | lower |
/// | one file put back by renaming (hard link, move) | the same | the same | lower |
/// | `cp -a` over the directory | another, or not as old | the same | put back too |
/// | `rm -r` and `cp -a` | another | another | put back too, but not the witness |
/// | snapshot of the file system | the same | the same | put back too, but not the witness |
enum EntryVerdict: Sendable, Hashable {
    case current
    case belongsElsewhere
    case copied(Copy)
    case rolledBack(Return)

    enum Copy: Sendable, Hashable { case machine, directory }
    enum Return: Sendable, Hashable { case older, replaced }

    /// Where a file was found, and what is remembered of its name.
    struct Place: Sendable, Hashable {
        var name: StorageName
        var machine: String
        var directory: EntryFrame.FileID
        var file: EntryFrame.FileID
        /// The highest version that the lock file remembers.
        var mark: UInt64
        /// The highest version that the witness outside the directory remembers.
        var witness: UInt64
        /// False on file systems that give files new inodes at will.
        var hasStableInodes: Bool
    }

    init(_ frame: EntryFrame, at place: Place) {
        if frame.name != place.name {
            self = .belongsElsewhere
        } else if frame.machine != place.machine {
            self = .copied(.machine)
        } else if frame.sequence < max(place.mark, place.witness) {
            self = .rolledBack(.older)
        } else if place.hasStableInodes, frame.directory != place.directory {
            self = .copied(.directory)
        } else if place.hasStableInodes, frame.file != place.file {
            self = .rolledBack(.replaced)
        } else {
            self = .current
        }
    }

    /// The error, unless all is well.
    var failure: TesseraError? {
        switch self {
        case .current: nil
        case .belongsElsewhere: StoreFailure.tampered("the entry was written under another name and put here")
        case .copied(.machine): StoreFailure.copied("the entry was written on another machine")
        case .copied(.directory): StoreFailure.copied("the entry was written in another directory than this one")
        case .rolledBack(.older): StoreFailure.rolledBack("the entry is older than the one that was written last")
        case .rolledBack(.replaced):
            StoreFailure.rolledBack("the entry is not the file that was written but a copy of it, put back")
        }
    }
}
#endif
