using System.ComponentModel;

namespace Multiprocessing.Proxies;

/// <summary>
/// One interface whose objects are called from other processes. The source generator writes a class for each; programs do not use it. Instances are
/// immutable and safe to use from any thread.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ProxyContract
{
    private readonly string[] _members;
    private readonly int _dispose;
    private readonly int _disposeAsync;

    /// <summary>Initializes a new instance of the <see cref="ProxyContract"/> class.</summary>
    /// <param name="interfaceType">The interface.</param>
    /// <param name="name">Its full name with type arguments.</param>
    /// <param name="fingerprint">A hash of the signatures of all members.</param>
    /// <param name="members">The names of the members in the order of their numbers.</param>
    protected ProxyContract(Type interfaceType, string name, ulong fingerprint, params ReadOnlySpan<string> members)
    {
        ArgumentNullException.ThrowIfNull(interfaceType);
        ArgumentNullException.ThrowIfNull(name);
        InterfaceType = interfaceType;
        Name = name;
        Fingerprint = fingerprint;
        _members = members.ToArray();
        _dispose = typeof(IDisposable).IsAssignableFrom(interfaceType)
            ? Array.FindIndex(_members, static member => IsNamed(member, nameof(IDisposable.Dispose)))
            : -1;
        _disposeAsync = typeof(IAsyncDisposable).IsAssignableFrom(interfaceType)
            ? Array.FindIndex(_members, static member => IsNamed(member, nameof(IAsyncDisposable.DisposeAsync)))
            : -1;
    }

    /// <summary>Gets the interface.</summary>
    public Type InterfaceType { get; }

    /// <summary>Gets the full name of the interface, with type arguments.</summary>
    public string Name { get; }

    /// <summary>Gets the hash of the signatures of all members. Both processes must have the same.</summary>
    public ulong Fingerprint { get; }

    /// <summary>Gets whether the members never wait on their thread: then a manager runs them on the thread that reads the call.</summary>
    internal virtual bool NeverBlocks => false;

    /// <summary>Gets the number of members.</summary>
    internal int MemberCount => _members.Length;

    /// <summary>Creates a proxy.</summary>
    /// <param name="target">The object that the proxy calls.</param>
    /// <returns>The proxy, which implements <see cref="InterfaceType"/>.</returns>
    public abstract object CreateProxy(ProxyTarget target);

    /// <summary>Reads the arguments of a call, calls the member and returns its result to the caller.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="member">The number of the member.</param>
    /// <param name="call">The call.</param>
    /// <returns>A task that ends when the member has ended. Its exception is thrown at the caller.</returns>
    public abstract ValueTask InvokeAsync(object instance, int member, IncomingCall call);

    /// <summary>Adds a handler that forwards an event of the object.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="member">The number of the event.</param>
    /// <param name="sink">Takes what the event is raised with.</param>
    /// <returns>An action that removes the handler.</returns>
    public virtual Action Subscribe(object instance, int member, EventSink sink) => throw NoEvent(member);

    /// <summary>Reads the arguments that an event was raised with, and calls the handlers of this process.</summary>
    /// <param name="proxy">The proxy to which the handlers were added: the sender.</param>
    /// <param name="member">The number of the event.</param>
    /// <param name="handlers">The handlers.</param>
    /// <param name="call">The arguments.</param>
    public virtual void Raise(object proxy, int member, Delegate handlers, IncomingCall call) => throw NoEvent(member);

    /// <summary>Returns the name of a member for texts.</summary>
    internal string MemberName(int member) => (uint)member < (uint)_members.Length ? _members[member] : $"member {member}";

    /// <summary>Returns whether a member is that of <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>.</summary>
    internal bool Disposes(int member) => member == _dispose || member == _disposeAsync;

    private static bool IsNamed(string member, string name) => member == name || member.EndsWith("." + name, StringComparison.Ordinal);

    private InvalidOperationException NoEvent(int member) => new($"{Name}.{MemberName(member)} is not an event.");
}
