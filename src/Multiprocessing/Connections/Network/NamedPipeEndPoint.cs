using System.Net;

namespace Multiprocessing;

/// <summary>
/// The address of a named pipe of Windows on this machine. On other systems use <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>.
/// </summary>
/// <example>
/// <code>
/// EndPoint endPoint = OperatingSystem.IsWindows() ? new NamedPipeEndPoint("scanner") : new UnixDomainSocketEndPoint("/tmp/scanner");
/// </code>
/// </example>
public sealed class NamedPipeEndPoint : EndPoint
{
    private const string LocalPrefix = @"\\.\pipe\";

    /// <summary>Initializes a new instance of the <see cref="NamedPipeEndPoint"/> class.</summary>
    /// <param name="name">The name of the pipe, with or without <c>\\.\pipe\</c>.</param>
    /// <exception cref="ArgumentException">The name is empty or contains a backslash after that prefix.</exception>
    public NamedPipeEndPoint(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name.StartsWith(LocalPrefix, StringComparison.OrdinalIgnoreCase) ? name[LocalPrefix.Length..] : name;
        if (Name.Length == 0 || Name.Contains('\\', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' is no name of a pipe on this machine: it is empty or contains a backslash.", nameof(name));
        }
    }

    /// <summary>Gets the name of the pipe without <c>\\.\pipe\</c>.</summary>
    public string Name { get; }

    /// <summary>Returns the full name of the pipe.</summary>
    public override string ToString() => LocalPrefix + Name;

    /// <summary>Returns whether the other object is the address of the same pipe.</summary>
    /// <param name="obj">The other object.</param>
    public override bool Equals(object? obj) => obj is NamedPipeEndPoint other && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns a hash code of the name.</summary>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Name);
}
