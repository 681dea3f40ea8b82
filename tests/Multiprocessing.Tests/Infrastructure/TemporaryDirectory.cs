namespace Multiprocessing.Tests;

/// <summary>A directory that is removed after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    // On Windows a process that begins in a directory, or ends in one, has it open for a while. Elsewhere a sweep that has begun may make a file there.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public TemporaryDirectory()
        : this(Directory.CreateTempSubdirectory("multiprocessing-test-").FullName)
    {
    }

    /// <summary>Takes over a directory that was made for the test.</summary>
    public TemporaryDirectory(string path) => Path = path;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (Exception exception) when (watch.Elapsed < Patience && exception is IOException or UnauthorizedAccessException)
            {
                // Once more.
            }
        }
    }
}
