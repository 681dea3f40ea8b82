using System.Globalization;

namespace Multiprocessing.Tool.Doctor;

/// <summary>What a check may ask about the machine. Tests put another directory in the place of the root, and other variables.</summary>
/// <param name="root">The directory below which <c>proc</c>, <c>sys</c> and <c>etc</c> lie.</param>
/// <param name="variable">Returns the value of an environment variable, or null.</param>
internal sealed class Machine(string root, Func<string, string?> variable)
{
    /// <summary>Gets the machine on which the tool runs.</summary>
    public static Machine This { get; } = new("/", Environment.GetEnvironmentVariable);

    /// <summary>Returns the path below the root.</summary>
    public string PathOf(string path) => Path.Combine(root, path.TrimStart('/'));

    public string? Variable(string name) => variable(name);

    /// <summary>Returns the text of a file, or null if it does not exist or may not be read.</summary>
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(PathOf(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool Exists(string path) => Path.Exists(PathOf(path));

    /// <summary>Returns the number in a file, or null.</summary>
    public long? ReadNumber(string path) =>
        long.TryParse(Read(path)?.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Returns a field of <c>/proc/self/status</c> or of a file like it: <c>Name: value</c>.</summary>
    public string? ReadField(string path, string name) =>
        Read(path)?.Split('\n').Select(static line => line.Split(':', 2)).FirstOrDefault(parts => parts.Length == 2 && parts[0] == name)?[1].Trim();

    /// <summary>Returns the mount at exactly this path; of several the last, which is the visible one.</summary>
    public Mount? FindMount(string path) => Mounts().LastOrDefault(mount => mount.Path == path);

    /// <summary>Returns the mount on which a path lies.</summary>
    public Mount? MountOf(string path) => Mounts()
        .Where(mount => path == mount.Path || path.StartsWith(mount.Path.TrimEnd('/') + "/", StringComparison.Ordinal))
        .OrderBy(static mount => mount.Path.Length).LastOrDefault();

    private IEnumerable<Mount> Mounts() =>
        from line in (Read("/proc/self/mounts") ?? "").Split('\n')
        let parts = line.Split(' ')
        where parts.Length >= 4
        select new Mount(parts[1].Replace(@"\040", " ", StringComparison.Ordinal), parts[2], parts[3].Split(','));
}

/// <summary>A line of <c>/proc/self/mounts</c>.</summary>
internal sealed record Mount(string Path, string FileSystem, IReadOnlyList<string> Options)
{
    public bool IsReadOnly => Options.Contains("ro");

    /// <summary>Returns the value of an option such as <c>hidepid=2</c>, or null.</summary>
    public string? Option(string name) =>
        Options.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
