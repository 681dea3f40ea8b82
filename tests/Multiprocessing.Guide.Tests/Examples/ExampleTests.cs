using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>
/// The <c>&lt;example&gt;</c> in the documentation of a public type is the region of this folder that has the type's name, so it is compiled and run.
/// To bring the documentation up to date after a change of the code: <c>MULTIPROCESSING_UPDATE_SNIPPETS=1 dotnet test
/// tests/Multiprocessing.Guide.Tests</c>.
/// </summary>
public class ExampleTests
{
    /// <summary>Of the types that generated code uses: no program writes such code.</summary>
    private const string GeneratedCode = "Multiprocessing.Proxies";

    private static readonly Dictionary<string, string> Code = Snippets.Read("Examples");

    public static TheoryData<string> PublicTypes() =>
        [.. Packages.PublicTypes.Where(static type => type.Namespace != GeneratedCode).Select(NameOf).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(PublicTypes))]
    public void Each_public_type_has_an_example_that_runs(string type)
    {
        Code.ShouldContainKey(type, $"{type} has no example: add a region of its name to a file in tests/Multiprocessing.Guide.Tests/Examples.");
        var documentation = TypeDocumentation.Of(type);
        if (Environment.GetEnvironmentVariable("MULTIPROCESSING_UPDATE_SNIPPETS") is "1")
        {
            documentation.WriteExample(Code[type]);
        }

        documentation.ReadExample().ShouldBe(Code[type], documentation.Path);
    }

    [Fact]
    public void Each_example_belongs_to_a_public_type() => Code.Keys.Except(PublicTypes().Select(static row => row.Data)).ShouldBeEmpty();

    /// <summary>As in the source: <c>SharedArray&lt;T&gt;.Enumerator</c>.</summary>
    private static string NameOf(Type type)
    {
        var outer = type.DeclaringType is { } declaring ? NameOf(declaring) + "." : "";
        var inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        var own = type.GetGenericArguments().Skip(inherited).Select(static argument => argument.Name).ToArray();
        return outer + type.Name.Split('`')[0] + (own.Length == 0 ? "" : $"<{string.Join(", ", own)}>");
    }
}
