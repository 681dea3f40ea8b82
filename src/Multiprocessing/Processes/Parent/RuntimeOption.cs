using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// Properties of the program's runtime configuration (<c>RuntimeHostConfigurationOption</c> in a project), which its children have as well.
/// </summary>
internal static class RuntimeOption
{
    /// <summary>Returns a number of zero or more, or <paramref name="otherwise"/> if the property is not set or not such a number.</summary>
    public static int Number(string name, int otherwise) => AppContext.GetData(name) switch
    {
        int number and >= 0 => number,
        string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => otherwise,
    };
}
