namespace Multiprocessing;

/// <summary>
/// The process that started this one (<see cref="CurrentProcess.Parent"/>). A child ends within moments of its parent, so there is no method to wait
/// for it. All members may be used by several threads at once.
/// </summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() =>
/// {
///     ParentProcess parent = CurrentProcess.Parent!; // null in a process that this library did not start
///     return parent.Id;
/// });
/// Console.WriteLine(await child.Result == Environment.ProcessId); // True
/// </code>
/// </example>
public sealed class ParentProcess
{
    internal ParentProcess(int id, string name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>Gets the operating system's number of the parent.</summary>
    public int Id { get; }

    /// <summary>Gets the name of the parent.</summary>
    public string Name { get; }

    /// <summary>Gets whether the parent still runs. It is <see langword="false"/> only for the moments until this process ends too.</summary>
    public bool IsAlive => Platform.ProcessTable.IsLivingParent(Id);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (pid {Id})";
}
