namespace Multiprocessing;

/// <summary>The process that started this one, seen from the child: <see cref="CurrentProcess.Parent"/>. A child ends within moments of its parent, so there is nothing to wait for here.</summary>
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

    /// <summary>The operating system's number of the parent.</summary>
    public int Id { get; }

    /// <summary>The parent's name.</summary>
    public string Name { get; }

    /// <summary>Whether the parent still runs. False at most for the moments until this process ends as well.</summary>
    public bool IsAlive => Platform.ProcessTable.IsLivingParent(Id);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (pid {Id})";
}
