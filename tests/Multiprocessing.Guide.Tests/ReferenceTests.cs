using System.Reflection;
using System.Text;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>
/// The pages of docs/reference that list the public surface are written from the XML documentation. To bring them up to date:
/// <c>MULTIPROCESSING_UPDATE_SNIPPETS=1 dotnet test tests/Multiprocessing.Guide.Tests</c>.
/// </summary>
public class ReferenceTests
{
    private static readonly XmlDocs Docs = new();

    private static IEnumerable<Type> PublicTypes => Packages.PublicTypes.OrderBy(static type => type.Name, StringComparer.Ordinal);

    [Fact]
    public void The_page_of_options_lists_every_option() => Compare("options.md", Options());

    [Fact]
    public void The_page_of_exceptions_lists_every_exception() => Compare("exceptions.md", Exceptions());

    private static void Compare(string page, string expected)
    {
        var path = Path.Combine(Snippets.RepositoryRoot, "docs/reference", page);
        if (Environment.GetEnvironmentVariable("MULTIPROCESSING_UPDATE_SNIPPETS") is "1")
        {
            File.WriteAllText(path, expected);
        }

        File.ReadAllText(path).ShouldBe(expected);
    }

    private static string Options()
    {
        var text = new StringBuilder("# Options\n\nEvery class of options, from the library's XML documentation.\n");
        foreach (var type in PublicTypes.Where(static type => type.Name.EndsWith("Options", StringComparison.Ordinal)))
        {
            text.Append($"\n## {type.Name}\n\n{Docs.SummaryOf(type)}\n\n| option | type | meaning |\n|---|---|---|\n");
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                text.Append($"| `{property.Name}` | `{NameOf(property.PropertyType)}` | {Meaning(property)} |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The summary without the verbs of a property, which are the same in each row.</summary>
    private static string Meaning(PropertyInfo property)
    {
        const string Verbs = "Gets or sets ";
        var summary = Docs.SummaryOf(property);
        return summary.StartsWith(Verbs, StringComparison.Ordinal) ? char.ToUpperInvariant(summary[Verbs.Length]) + summary[(Verbs.Length + 1)..] : summary;
    }

    private static string Exceptions()
    {
        var text = new StringBuilder("# Exceptions\n\nEvery exception type of the library, from its XML documentation.\n\n| exception | derives from | meaning |\n|---|---|---|\n");
        foreach (var type in PublicTypes.Where(static type => type.IsAssignableTo(typeof(Exception))))
        {
            text.Append($"| `{type.Name}` | `{type.BaseType!.Name}` | {Docs.SummaryOf(type)} |\n");
        }

        return text.ToString();
    }

    private static string NameOf(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } underlying => NameOf(underlying) + "?",
        _ when type == typeof(int) => "int",
        _ when type == typeof(long) => "long",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(string) => "string",
        { IsGenericType: true } => $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>",
        _ => type.Name,
    };
}
