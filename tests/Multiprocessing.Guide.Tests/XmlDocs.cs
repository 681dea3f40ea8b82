using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Multiprocessing.Guide.Tests;

/// <summary>The library's XML documentation as Markdown.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, XElement> _members = Packages.Assemblies
        .SelectMany(static assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        .DistinctBy(static member => member.Attribute("name")!.Value) // internal types of two packages may have one name
        .ToDictionary(static member => member.Attribute("name")!.Value);

    public string SummaryOf(Type type) => Summary("T:" + type.FullName);

    public string SummaryOf(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string Summary(string id) => _members.TryGetValue(id, out var member) && member.Element("summary") is { } summary
        ? Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal)
        : throw new InvalidOperationException($"{id} has no documentation.");

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" or "typeparamref" } reference =>
            $"`{Short((reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))!.Value)}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    /// <summary>"M:System.Environment.Exit(System.Int32)" becomes "Environment.Exit", "T:System.Exception" becomes "Exception".</summary>
    private static string Short(string cref)
    {
        if (cref.Length < 2 || cref[1] != ':')
        {
            return cref;
        }

        var parts = Arity().Replace(cref[2..].Split('(')[0], "").Split('.');
        return cref[0] == 'T' ? parts[^1] : string.Join('.', parts.TakeLast(2));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex Arity();
}
