using System.Globalization;

namespace Multiprocessing;

/// <summary>Properties of the program's runtime configuration (<c>RuntimeHostConfigurationOption</c> in a project), which its children have as well.</summary>
internal static class RuntimeOption
{
    /// <summary>A whole number of zero or more, or <paramref name="otherwise"/> where it is not set or none.</summary>
    public static int Number(string name, int otherwise) => AppContext.GetData(name) switch
    {
        int number and >= 0 => number,
        string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => otherwise,
    };
}
