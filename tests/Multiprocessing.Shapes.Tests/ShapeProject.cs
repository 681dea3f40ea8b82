using System.Runtime.InteropServices;
using Multiprocessing.Tests;

namespace Multiprocessing.Shapes.Tests;

/// <summary>A project that uses the package, made for one test.</summary>
internal sealed class ShapeProject
{
    private const string Name = "Shape";

    private ShapeProject(string directory) => Root = directory;

    public string Root { get; }

    public static ShapeProject Create(Feed feed, string name, string sdk = "Microsoft.NET.Sdk", string sources = "Program", string items = "", string package = "Multiprocessing")
    {
        var project = new ShapeProject(feed.CreateDirectory(name));
        if (sources is "Native" or "Proxies" or "Server")
        {
            // Alone: the compiler would keep whatever the other files use.
            var contract = sources == "Server" ? $"""<Compile Include="{Feed.Sources}/Proxies/Contract.cs" />""" : "";
            var native = sources == "Server" ? "" : "<PublishAot>true</PublishAot>";
            System.IO.File.WriteAllText(Path.Combine(project.Root, Name + ".csproj"), $"""
                <Project Sdk="{sdk}">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <InvariantGlobalization>true</InvariantGlobalization>
                    {native}
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="{package}" Version="{feed.Version}" />
                    <Compile Include="{Feed.Sources}/{sources}/*.cs" />
                    {contract}
                    {items}
                  </ItemGroup>
                </Project>
                """);
            return project;
        }

        var own = sources == "Program" ? "" : $"""<Compile Include="{Feed.Sources}/{sources}/*.cs" />""";
        var shared = sources == "Program" ? "*.cs" : "*.cs\" Exclude=\"" + Feed.Sources + "/Program/Program.cs";
        System.IO.File.WriteAllText(
            Path.Combine(project.Root, Name + ".csproj"),
            $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{feed.Version}" />
                <Compile Include="{Feed.Sources}/Program/{shared}" />
                {own}
                {items}
              </ItemGroup>
            </Project>
            """);
        return project;
    }

    /// <summary>Builds without a runtime identifier.</summary>
    public ProgramShape Build()
    {
        DotnetCommand.Run(Root, "build", "-c", Feed.Configuration, "-o", Path.Combine(Root, "out"), "--disable-build-servers", "-nologo", "-v", "quiet");
        return new ProgramShape("apphost", File("out", Name));
    }

    /// <summary>Publishes for this machine.</summary>
    public ProgramShape Publish(params string[] settings)
    {
        Log = DotnetCommand.Run(
            Root,
            ["publish", "-c", Feed.Configuration, "-r", RuntimeInformation.RuntimeIdentifier, "-o", Path.Combine(Root, "out"), "--disable-build-servers", "-nologo", "-v", "quiet", .. settings]);
        return new ProgramShape(string.Join(' ', settings), File("out", Name));
    }

    /// <summary>What the SDK said when it published.</summary>
    public string Log { get; private set; } = "";

    public string File(params string[] parts) => Path.Combine([Root, .. parts]);
}
