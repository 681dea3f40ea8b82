using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Proxies;

/// <summary>The base class of generated proxies. Programs use a proxy through its interface. Proxies are safe to use from any thread.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerDisplay("{Target}")]
public abstract class ProxyBase : IProcessHandle<ProxyBase>
{
    /// <summary>Initializes a new instance of the <see cref="ProxyBase"/> class.</summary>
    /// <param name="target">The object that the proxy calls.</param>
    /// <exception cref="ArgumentNullException"><paramref name="target"/> is <see langword="null"/>.</exception>
    protected ProxyBase(ProxyTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
        target.Attach(this);
    }

    /// <summary>Gets the object that the proxy calls.</summary>
    internal ProxyTarget Target { get; }

    /// <summary>Begins a call. Arguments follow in order, then one of the calls that end it.</summary>
    /// <param name="member">The number of the member.</param>
    /// <returns>The call.</returns>
    protected OutgoingCall Begin(int member) => new(CallRequest.Begin(Target, member));

    /// <summary>Adds a handler of this process to an event of the object. The first one subscribes to the event, which is one call.</summary>
    /// <param name="member">The number of the event.</param>
    /// <param name="handler">The handler.</param>
    protected void AddHandler(int member, Delegate? handler)
    {
        if (handler is not null)
        {
            Target.Events.Add(member, handler);
        }
    }

    /// <summary>Removes a handler of this process. The last one ends the subscription.</summary>
    /// <param name="member">The number of the event.</param>
    /// <param name="handler">The handler.</param>
    protected void RemoveHandler(int member, Delegate? handler)
    {
        if (handler is not null)
        {
            Target.Events.Remove(member, handler);
        }
    }

    void IProcessHandle<ProxyBase>.WriteHandle(HandleWriter writer) => Target.WriteHandle(writer, this);

    static ProxyBase IProcessHandle<ProxyBase>.ReadHandle(ref HandleReader reader) => ProxyHandles.Read(ref reader);

    /// <summary>Returns the name of the interface and the process of the object.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Target.ToString();
}
