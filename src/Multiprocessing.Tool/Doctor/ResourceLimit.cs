using System.Globalization;
using System.Text.RegularExpressions;

namespace Multiprocessing.Tool.Doctor;

/// <summary>A limit of this process, from <c>/proc/self/limits</c>. Null means unlimited.</summary>
internal sealed partial record ResourceLimit(long? Soft, long? Hard)
{
    /// <summary>Returns null if the system has no such limit or no such file.</summary>
    public static ResourceLimit? Find(Machine machine, string name)
    {
        foreach (var line in (machine.Read("/proc/self/limits") ?? "").Split('\n'))
        {
            if (line.StartsWith(name + " ", StringComparison.Ordinal) && Columns().Match(line[name.Length..]) is { Success: true } columns)
            {
                return new ResourceLimit(Parse(columns.Groups["soft"].Value), Parse(columns.Groups["hard"].Value));
            }
        }

        return null;
    }

    private static long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^\s+(?<soft>\S+)\s+(?<hard>\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Columns();
}
