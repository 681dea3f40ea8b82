namespace Multiprocessing;

/// <summary>
/// An object in the process of a manager, as other processes use it: through a proxy. <see cref="object.ToString"/> returns the text of the object in
/// the manager.
/// </summary>
/// <remarks>
/// <para>
/// Proxies of a <see cref="ProcessManager"/> may be captured by the bodies of children, passed as arguments, sent through queues, and stored in other
/// managed objects; all processes then use the same object. The manager removes an object when no process has a proxy of it any more.
/// </para>
/// <para>
/// All members are safe to call from any thread of any process. After the death of the manager every call throws
/// <see cref="ServiceDiedException"/>.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedObject list = manager.List([1, 2, 3]);
/// Console.WriteLine(list); // [1, 2, 3], the text of the list in the manager
/// </code>
/// </example>
public interface IManagedObject : IDisposable
{
    /// <summary>Returns the text of the object in the manager, or a text that says why it is not known.</summary>
    /// <returns>The text, for people.</returns>
    string ToString();
}
