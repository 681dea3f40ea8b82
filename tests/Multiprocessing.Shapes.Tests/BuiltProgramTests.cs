using System.Text.Json;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Shapes.Tests;

/// <summary>Framework-dependent programs as a build leaves them, without a runtime identifier.</summary>
public class BuiltProgramTests(Feed feed)
{
    /// <summary>The packages around the core, which a program may refer to alone: they bring the core's generator and targets with them.</summary>
    [Fact]
    public void A_program_that_refers_to_the_dashboard_alone_gets_the_generator_of_proxies()
    {
        _ = feed.PackAddOn("Multiprocessing.Report");
        _ = feed.PackAddOn("Multiprocessing.Dashboard");

        // Without the generator there is no proxy for its interface, and it fails before it is ready.
        var server = ShapeProject.Create(feed, "dashboard", sources: "Server", package: "Multiprocessing.Dashboard").Build();
        var path = Path.Combine(feed.CreateDirectory("dashboard-socket"), "s");
        using var serving = Companion.Start(server, path);
        serving.WaitFor("ready");
        serving.Value("ready").ShouldBe("True");
    }

    [Fact]
    public void A_program_built_from_the_package_runs_as_executable_and_as_dotnet_dll()
    {
        var project = ShapeProject.Create(feed, "built");
        var shape = project.Build();
        shape.ShouldHoldAllPromises();
        new ProgramShape("dotnet x.dll", "dotnet", project.File("out", "Shape.dll")).ShouldPassAllChecks();

        using var child = Companion.Run(shape, new Dictionary<string, string> { ["MULTIPROCESSING_CONTROL"] = "0" });
        child.ExitCode.ShouldNotBe(0);
        child.ToString().ShouldContain("this process is itself a child", Case.Sensitive, "a child in which Main ran all the same starts none");
        child.MainRuns.Count.ShouldBe(1);

        using var where = ShapeAssertions.Run(shape, "where");
        ShapeAssertions.IsCompiledAheadOfTime(where.Value("library")).ShouldBeTrue("the runtime picks the image for this machine by itself");
        where.Value("child-library").ShouldBe(where.Value("library"));
        where.Value("child-command").ShouldContain("Multiprocessing.Host.dll");
        CompilerSees(project).ShouldBe(["lib/net10.0/Multiprocessing.dll"]);
    }

    [Fact]
    public void A_program_gets_the_host_through_a_library_that_uses_the_package()
    {
        var project = ShapeProject.Create(feed, "through-a-library", items: """<Compile Remove="between/**" /><ProjectReference Include="between/Between.csproj" />""");
        Directory.CreateDirectory(project.File("between"));
        File.WriteAllText(
            project.File("between", "Between.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="Multiprocessing" Version="{feed.Version}" /></ItemGroup>
            </Project>
            """);
        var text = File.ReadAllText(project.File("Shape.csproj"));
        File.WriteAllText(project.File("Shape.csproj"), string.Join('\n', text.Split('\n').Where(line => !line.Contains("PackageReference", StringComparison.Ordinal))));
        using var where = ShapeAssertions.Run(project.Publish("--self-contained", "false"), "where");
        where.Value("child-command").ShouldContain("Multiprocessing.Host.dll");
        ShapeAssertions.IsCompiledAheadOfTime(where.Value("library")).ShouldBeTrue();
    }

    /// <summary>Without the line it runs the project's IL.</summary>
    [Fact]
    public void A_program_that_refers_to_the_project_runs_the_compiled_library_by_one_line()
    {
        var repository = Path.GetFullPath(Path.Combine(Feed.Sources, "..", ".."));
        var project = ShapeProject.Create(
            feed, "project-reference", items: $"""<ProjectReference Include="{repository}/src/Multiprocessing/Multiprocessing.csproj" />""");
        var text = File.ReadAllText(project.File("Shape.csproj"));
        File.WriteAllText(
            project.File("Shape.csproj"),
            string.Join('\n', text.Split('\n').Where(line => !line.Contains("PackageReference", StringComparison.Ordinal)))
                .Replace("</Project>", $"""<Import Project="{repository}/eng/CompiledLibrary.targets" /></Project>""", StringComparison.Ordinal));

        // Not into a folder of its own, to which the referenced projects would be built, too.
        DotnetCommand.Run(project.Root, "build", "-c", Feed.Configuration, "--disable-build-servers", "-nologo", "-v", "quiet");
        using var where = ShapeAssertions.Run(new ProgramShape("apphost", project.File("bin", Feed.Configuration, "net10.0", "Shape")), "where");
        ShapeAssertions.IsCompiledAheadOfTime(where.Value("library")).ShouldBeTrue(where.ToString());
        where.Value("child-library").ShouldBe(where.Value("library"));
        where.Value("child-command").ShouldContain("Multiprocessing.Host.dll");
    }

    [Fact]
    public async Task A_web_server_starts_children_inside_its_requests()
    {
        var shape = ShapeProject.Create(feed, "web", sdk: "Microsoft.NET.Sdk.Web", sources: "Web").Build();
        shape.ShouldTakeItsDescendantsAlong();
        using var program = Companion.Start(shape, "serve");
        program.WaitFor("address");
        using var client = new HttpClient { BaseAddress = new Uri(program.Value("address")), Timeout = TimeSpan.FromMinutes(2) };
        (await client.GetStringAsync("/checks", TestContext.Current.CancellationToken)).ShouldBe("0", program.ToString());
        var answers = Enumerable.Range(0, 8).Select(number => client.GetStringAsync($"/pid?number={number}", TestContext.Current.CancellationToken)).ToList();
        (await Task.WhenAll(answers)).ShouldBe(Enumerable.Range(0, 8).Select(number => $"True {number * 2} True"));
        Posix.Signal(program.Id, Posix.SigTerm);
        program.WaitForExit();
        program.ExitCode.ShouldBe(0, program.ToString());
        program.Values("ok").ShouldBe(ShapeAssertions.Names, program.ToString());
        program.MainRuns.ShouldBe([program.Id]);
        Directory.Exists(program.Value("session")).ShouldBeFalse();
    }

    [Fact]
    public void A_file_based_app_is_a_program_like_any_other()
    {
        var directory = feed.CreateDirectory("file-based");
        File.WriteAllText(
            Path.Combine(directory, "app.cs"), $"#:package Multiprocessing@{feed.Version}{Environment.NewLine}{File.ReadAllText(Path.Combine(Feed.Sources, "Program", "Program.cs"))}");
        File.WriteAllText(
            Path.Combine(directory, "Directory.Build.props"),
            $"""<Project><ItemGroup><Compile Include="{Feed.Sources}/Program/*.cs" Exclude="{Feed.Sources}/Program/Program.cs" /></ItemGroup></Project>""");
        Directory.CreateDirectory(Path.Combine(directory, "data"));
        var shape = new ProgramShape(
            "dotnet run app.cs", "sh", "-c", $"cd '{directory}' && export XDG_DATA_HOME='{directory}/data' MSBUILDDISABLENODEREUSE=1 && exec dotnet run app.cs -- \"$0\"");
        shape.ShouldHoldAllPromises();
    }

    [Fact]
    public void Tests_start_children_in_their_test_host()
    {
        var project = ShapeProject.Create(
            feed, "xunit", sources: "Xunit",
            items: string.Concat(new[] { "Microsoft.NET.Test.Sdk", "xunit.v3", "xunit.runner.visualstudio" }.Select(name => $"""<PackageReference Include="{name}" Version="{Feed.VersionOf(name)}" />""")));
        var log = DotnetCommand.Run(project.Root, "test", "-c", Feed.Configuration, "--disable-build-servers", "-nologo");
        log.ShouldContain("Passed!");
        log.ShouldContain("Passed:     2");
    }

    private static List<string?> CompilerSees(ShapeProject project)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(project.File("obj", "project.assets.json")));
        return
        [
            .. assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject()
                .First(library => library.Name.StartsWith("Multiprocessing/", StringComparison.Ordinal)).Value.GetProperty("compile").EnumerateObject().Select(file => file.Name),
        ];
    }
}
