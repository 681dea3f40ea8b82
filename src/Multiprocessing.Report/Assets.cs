using System.Collections.Frozen;
using System.Reflection;

namespace Multiprocessing;

/// <summary>The files of the pages, which are resources of this assembly.</summary>
internal static class Assets
{
    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        ["index.html"] = "text/html; charset=utf-8",
        ["app.js"] = "text/javascript; charset=utf-8",
        ["app.css"] = "text/css; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
        ["licences.txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary();

    public static IEnumerable<string> Names => ContentTypes.Keys;

    public static string ContentType(string name) => ContentTypes[name];

    public static byte[] Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly Multiprocessing.Report has no resource '{name}': its build is not complete.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
