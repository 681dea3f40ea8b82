using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Multiprocessing.Shapes.Tests;

public class PackageTests(Feed feed)
{
    [Fact]
    public void The_package_holds_the_library_its_images_and_what_consumers_need()
    {
        using var package = ZipFile.OpenRead(feed.Package);
        package.Entries.Select(entry => entry.FullName).Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ShouldBe(
        [
            "LICENSE", "Multiprocessing.nuspec", "README.md", "[Content_Types].xml", "analyzers/dotnet/cs/Multiprocessing.Generators.dll", "build/Multiprocessing.targets", "buildTransitive/Multiprocessing.targets",
            "lib/net10.0/Multiprocessing.dll", "lib/net10.0/Multiprocessing.xml", "runtimes/linux-arm64/lib/net10.0/Multiprocessing.dll",
            "runtimes/linux-x64/lib/net10.0/Multiprocessing.dll", "tools/net10.0/Multiprocessing.Host.dll",
        ]);
    }

    [Fact]
    public void The_package_says_its_licence_and_shows_its_readme_and_depends_on_the_logging_abstractions_alone()
    {
        using var package = ZipFile.OpenRead(feed.Package);
        using var stream = package.GetEntry("Multiprocessing.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        var space = metadata.Name.Namespace;
        metadata.Element(space + "license")!.Value.ShouldBe("MIT");
        metadata.Element(space + "readme")!.Value.ShouldBe("README.md");
        metadata.Element(space + "description")!.Value.ShouldNotBeEmpty();
        metadata.Descendants(space + "dependency").Select(dependency => (string?)dependency.Attribute("id")).ShouldBe(["Microsoft.Extensions.Logging.Abstractions"]);

        // The lowest version that works: a program that pins that version, like projects of the first SDK, must not get the downgrade error NU1605.
        metadata.Descendants(space + "dependency").Select(dependency => (string?)dependency.Attribute("version")).ShouldBe(["10.0.0"]);
    }

    [Fact]
    public void The_images_are_compiled_ahead_of_time_from_one_and_the_same_library()
    {
        using var package = ZipFile.OpenRead(feed.Package);
        var (library, isCompiled) = Describe("lib/net10.0/Multiprocessing.dll");
        isCompiled.ShouldBeFalse();
        Describe("runtimes/linux-x64/lib/net10.0/Multiprocessing.dll").ShouldBe((library, true));
        Describe("runtimes/linux-arm64/lib/net10.0/Multiprocessing.dll").ShouldBe((library, true));

        (Guid Version, bool IsCompiled) Describe(string name)
        {
            using var stream = package.GetEntry(name)!.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            memory.Position = 0;
            using var reader = new PEReader(memory);
            var metadata = reader.GetMetadata();
            var version = ReadVersion(metadata);
            return (version, reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
        }

        static unsafe Guid ReadVersion(PEMemoryBlock block)
        {
            var metadata = new System.Reflection.Metadata.MetadataReader(block.Pointer, block.Length);
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }
    }
}
