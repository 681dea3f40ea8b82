using Multiprocessing.Overloads;
using Shouldly;

namespace Multiprocessing.Tests;

/// <summary>The overload families are written by eng/Overloads, and checked in.</summary>
public class GeneratedOverloadsTests
{
    [NotUnderWineFact("It reads the sources by their path on the building machine.")]
    public void The_checked_in_files_are_what_the_generator_writes()
    {
        var root = GeneratedFiles.RepositoryRoot();
        var files = GeneratedFiles.All().ToArray();
        files.Length.ShouldBeGreaterThan(20);
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(root, path);
            File.Exists(file).ShouldBeTrue(path);
            File.ReadAllText(file).ShouldBe(text, $"{path} differs: change eng/Overloads and run 'dotnet run --project eng/Overloads'.");
        }

        Directory.GetFiles(Path.Combine(root, "src/Multiprocessing"), "*.Generated.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Order()
            .ShouldBe(files.Select(static file => file.Path).Order(), "A generated file that the generator does not write any more stays behind.");
    }
}
