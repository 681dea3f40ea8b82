using System.Xml.Linq;
using Multiprocessing.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(Multiprocessing.Shapes.Tests.Feed))]

namespace Multiprocessing.Shapes.Tests;

/// <summary>The library packed once, in a local feed beside the ordinary sources, with a packages folder of its own: what a test builds, it builds from the package.</summary>
public sealed class Feed : IDisposable
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(ProgramShape.ProjectDirectory, "..", ".."));

    private readonly TemporaryDirectory _directory = new();
    private readonly Lazy<string> _package;

    public Feed() => _package = new(Pack);

    /// <summary>No released version: a package of that name elsewhere can not be taken for this one.</summary>
    public string Version { get; } = $"0.0.1-test.{DateTime.UtcNow:yyyyMMddHHmmss}";

    /// <summary>The package file.</summary>
    public string Package => _package.Value;

    /// <summary>The sources of the program that every shape is built from.</summary>
    public static string Sources { get; } = Path.Combine(Repository, "tests", "Multiprocessing.Shapes");

    public static string Configuration => "Release";

    /// <summary>The version that the repository uses of a package.</summary>
    public static string VersionOf(string package) => XDocument.Load(Path.Combine(Repository, "Directory.Packages.props"))
        .Descendants("PackageVersion").Single(element => (string?)element.Attribute("Include") == package).Attribute("Version")!.Value;

    /// <summary>A directory for a project in which the package can be restored.</summary>
    public string CreateDirectory(string name)
    {
        _ = Package;
        return Directory.CreateDirectory(_directory.File(name)).FullName;
    }

    /// <summary>Packs a package around the core into the same feed, and returns its file.</summary>
    public string PackAddOn(string name)
    {
        _ = Package;
        return PackProject(name);
    }

    public void Dispose() => _directory.Dispose();

    private string PackProject(string name)
    {
        // Not the ordinary obj folder: other tests may be using it at the same time.
        var packages = Directory.CreateDirectory(_directory.File("feed")).FullName;
        DotnetCommand.Run(
            Repository, "pack", Path.Combine(Repository, "src", name), "-c", Configuration, "-o", packages, $"-p:Version={Version}",
            "--artifacts-path", _directory.File("artifacts"), "--disable-build-servers", "-nodeReuse:false", "-nologo", "-v", "quiet");
        return Path.Combine(packages, $"{name}.{Version}.nupkg");
    }

    private string Pack()
    {
        var package = PackProject("Multiprocessing");
        var packages = Path.GetDirectoryName(package)!;

        // Platform packages that the machine has already need not be downloaded again.
        var machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(
            _directory.File("NuGet.config"),
            $"""
            <configuration>
              <packageSources>
                <add key="shapes" value="{packages}" />
              </packageSources>
              <fallbackPackageFolders>
                {(Directory.Exists(machine) ? $"<add key=\"machine\" value=\"{machine}\" />" : "")}
              </fallbackPackageFolders>
              <config>
                <add key="globalPackagesFolder" value="{_directory.File("packages")}" />
              </config>
            </configuration>
            """);

        // Whatever lies above the temporary directory says nothing here.
        File.WriteAllText(_directory.File("Directory.Build.props"), "<Project />");
        File.WriteAllText(_directory.File("Directory.Build.targets"), "<Project />");
        File.WriteAllText(_directory.File("Directory.Packages.props"), "<Project />");
        return package;
    }
}
