using System.Globalization;

namespace Multiprocessing.Tool.Doctor;

/// <summary>Values of this process's control group, of either version (cgroups(7)).</summary>
internal sealed class ControlGroup
{
    private readonly Machine _machine;
    private readonly Dictionary<string, string> _paths = [];

    public ControlGroup(Machine machine)
    {
        _machine = machine;
        foreach (var line in (machine.Read("/proc/self/cgroup") ?? "").Split('\n'))
        {
            // number:controllers:path; version 2 has no controllers.
            if (line.Split(':', 3) is [_, var controllers, var path])
            {
                foreach (var controller in controllers.Split(','))
                {
                    _paths[controller] = path;
                }
            }
        }
    }

    /// <summary>Returns a limit or a count; null if there is none, or "max".</summary>
    /// <param name="controller">The controller, such as <c>memory</c>.</param>
    /// <param name="name2">The name of the file in version 2.</param>
    /// <param name="name1">The name of the file in version 1.</param>
    public long? Number(string controller, string name2, string name1) =>
        Text(controller, name2, name1) is { } text && long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < long.MaxValue / 2 ? number : null;

    public string? Text(string controller, string name2, string name1)
    {
        // A container sees its own group at the root, whatever path the file states.
        foreach (var path in new[] { _paths.GetValueOrDefault("", "/"), "/" })
        {
            if (_machine.Read(Combine("/sys/fs/cgroup", path, name2)) is { } text)
            {
                return text;
            }
        }

        foreach (var path in new[] { _paths.GetValueOrDefault(controller, "/"), "/" })
        {
            if (_machine.Read(Combine($"/sys/fs/cgroup/{controller}", path, name1)) is { } text)
            {
                return text;
            }
        }

        return null;
    }

    private static string Combine(string mount, string path, string name) => $"{mount}{path.TrimEnd('/')}/{name}";
}
