namespace Multiprocessing;

/// <summary>
/// The owner of a managed lock: one thread of a client, or one asynchronous hold of it. The number is given by the client, which never uses one twice
/// for different owners.
/// </summary>
internal readonly record struct ManagedOwner(ManagedClient? Client, long Number);
