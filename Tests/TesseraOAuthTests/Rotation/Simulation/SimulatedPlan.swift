#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// What one schedule is made of: the participants, and what befalls them.
struct SimulatedPlan {
    enum Trouble: String, CaseIterable {
        case none
        /// Clock offsets, slow answers and pauses up to Q: nothing that may cost a request (I3b).
        case harmless
        case kills
        case lostAnswers
        case longPauses
        case storeFaults
        case rollbacks
        case logouts
        case refusals
        /// Late answers of paused senders meet a server that gives each of them tokens.
        case spares
        /// Most writes fail, at their worst those of new tokens.
        case failingWrites
        /// Shutdowns at any step.
        case shutdowns
        case everything
    }

    var trouble: Trouble
    var habit: SimulatedServer.Habit
    var isProfileKnown: Bool
    var processes: Int
    var hasKernelLocks: Bool
    var isOneMachine: Bool
    var isDurable: Bool
    /// How long a store takes, in milliseconds.
    var storeLatency: Int64
    /// A phase of a run that something happens to as soon as it is reached.
    var focus: (phase: RotationStateMachine.Phase, mishap: Mishap)?
    var limits = RotationLimits()

    /// What befalls a phase.
    enum Mishap: CaseIterable {
        case shutdown, storeFails, conflict, slow, renewalFails, rollback
    }

    init(_ random: inout DiceRandom) {
        trouble = Trouble.allCases[random.below(Trouble.allCases.count)]
        habit = SimulatedServer.Habit.allCases[random.below(SimulatedServer.Habit.allCases.count)]
        isProfileKnown = random.chance(2, in: 3)
        processes = 1 + random.below(3)
        hasKernelLocks = random.chance(1, in: 2)
        isOneMachine = hasKernelLocks || random.chance(1, in: 2)
        isDurable = !random.chance(1, in: 6)
        // A slow store lets waits, renewals and shutdowns fall into every phase.
        storeLatency = random.chance(1, in: 4) && trouble != .none && trouble != .harmless ? 4_000 : 30
        if random.chance(1, in: 2) { focusOn(&random) }
        guard trouble == .spares else { return }
        habit = .generous
        isProfileKnown = true
        processes = 2 + random.below(2)
        hasKernelLocks = false
        isOneMachine = false
    }

    /// Brings about what is rare: a phase that needs trouble of its own to be reached, and a mishap in it.
    private mutating func focusOn(_ random: inout DiceRandom) {
        let phases: [(RotationStateMachine.Phase, Trouble)] = [
            (.keepingSpare, .spares), (.keepingSpare, .spares), (.keepingSpare, .spares), (.keepingSpare, .spares),
            (.revoking, .logouts), (.revoking, .logouts), (.revoking, .logouts), (.revoking, .logouts),
            (.revoking, .failingWrites), (.probing, .kills), (.rereading, .lostAnswers), (.accepting, .rollbacks),
            (.extending, .failingWrites), (.checking, .kills), (.intending, .kills),
            (.rereading, .lostAnswers), (.burying, .lostAnswers), (.checking, .kills), (.reloadingSecret, .refusals),
            (.clearing, .refusals), (.extending, .failingWrites), (.accepting, .rollbacks), (.restoring, .rollbacks),
            (.probing, .kills), (.marking, .lostAnswers), (.recommitting, .failingWrites), (.unsaved, .failingWrites),
            (.waiting, .lostAnswers), (.backingOff, .lostAnswers), (.releasing, .kills),
        ]
        let (phase, needed) = phases[random.below(phases.count)]
        trouble = needed
        focus = (phase, Mishap.allCases[random.below(Mishap.allCases.count)])
        if phase == .checking { storeLatency = 4_000 }
        if phase == .probing {
            isOneMachine = true
            hasKernelLocks = false
            processes = 3
        }
        if phase == .accepting || phase == .restoring { processes = 1 + random.below(2) }
        if focus?.mishap == .renewalFails { hasKernelLocks = false }
    }

    func has(_ kind: Trouble) -> Bool { trouble == kind || trouble == .everything }

    /// A sender that wakes after a pause of less than Q finds its answer, while a peer did what its profile allows.
    var longestHarmlessPause: Int64 {
        isProfileKnown && (habit == .fixed || habit == .grace) ? 5_000 : 19_000
    }

    /// Whether invariant I3b promises exactly one request per generation.
    var promisesOneRequest: Bool { trouble == .none || trouble == .harmless }
}

/// SplitMix64.
struct DiceRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
    mutating func chance(_ part: Int, in whole: Int) -> Bool { below(whole) < part }
    /// Nanoseconds up to `milliseconds`.
    mutating func span(_ milliseconds: Int64) -> Int64 { Int64(next() % UInt64(max(1, milliseconds * 1_000_000))) }
}
#endif
