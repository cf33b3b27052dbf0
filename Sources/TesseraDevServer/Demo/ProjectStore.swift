#if CLI
import Synchronization

/// A project of the demo API.
struct Project: Codable, Sendable, Equatable {
    var id: Int
    var name: String
}

/// The projects, in memory, with the answers that idempotency keys stand for.
final class ProjectStore: Sendable {
    enum Creation: Sendable {
        case created(Project)
        case replayed(Project)
        /// The key was used for another name.
        case conflict
        case full
    }

    private struct State {
        var projects: [Int: Project] = [:]
        var nextID = 1
        var created: [String: Project] = [:]
    }

    /// Also the bound of the keys: there is one for each project made, at most.
    private static let capacity = 10_000

    private let state = Mutex(State())

    /// Creates a project, or finds the one that the same client made with the same key.
    func create(name: String, client: String, idempotencyKey: String?) -> Creation {
        // The length keeps client and key apart, whatever characters they have.
        let key = idempotencyKey.map { "\(client.utf8.count):\(client)\($0)" }
        return state.withLock { state in
            if let key, let earlier = state.created[key] {
                return earlier.name == name ? .replayed(earlier) : .conflict
            }
            guard state.nextID <= Self.capacity else { return .full }
            let project = Project(id: state.nextID, name: name)
            state.nextID += 1
            state.projects[project.id] = project
            if let key { state.created[key] = project }
            return .created(project)
        }
    }

    func project(_ id: Int) -> Project? { state.withLock { $0.projects[id] } }

    /// The project under its new name, `nil` when there is none.
    func rename(_ id: Int, to name: String) -> Project? {
        state.withLock { state in
            guard var project = state.projects[id] else { return nil }
            project.name = name
            state.projects[id] = project
            return project
        }
    }

    /// Whether there was such a project.
    func delete(_ id: Int) -> Bool { state.withLock { $0.projects.removeValue(forKey: id) != nil } }
}
#endif
