using System.Reflection;
using System.Text.RegularExpressions;
using Humanizer;
using PluginHost.Contract;

namespace Labels;

/// <summary>A plug-in as they are: useful, and with a defect that one title in a thousand finds.</summary>
public sealed partial class TitleLabeler : ILabeler
{
    public string Description
    {
        get
        {
            var humanizer = typeof(StringHumanizeExtensions).Assembly;
            var version = humanizer.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version;
            return $"{typeof(TitleLabeler).Assembly.GetName().Name} with Humanizer {version}";
        }
    }

    public string Label(string title, long pixels)
    {
        if (!Words().IsMatch(title))
        {
            throw new ArgumentException($"\"{title}\" is not made of words.", nameof(title));
        }

        return $"{title.Humanize(LetterCasing.Title)}, {((double)pixels).ToMetric()} pixels";
    }

    // The repetition inside the repetition is the defect: for n letters and a sign at the end, the engine tries 2^n ways to split the letters before
    // it answers "no".
    [GeneratedRegex(@"^(\w+\s?)*$")]
    private static partial Regex Words();
}
