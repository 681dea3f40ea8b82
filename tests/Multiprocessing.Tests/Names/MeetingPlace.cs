using Shouldly;

namespace Multiprocessing.Tests.Names;

/// <summary>A directory of named objects for one test, and participants in it.</summary>
internal sealed class MeetingPlace : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly List<Session> _sessions = [];
    private readonly List<Companion> _companions = [];

    public string Root => _root.Path;

    public string Directory => System.IO.Directory.EnumerateDirectories(Root).Single();

    /// <summary>This process as one more participant.</summary>
    public Session Join()
    {
        var session = NamedSession.Join(Root);
        _sessions.Add(session);
        return session;
    }

    /// <summary>Another program.</summary>
    public Companion Start(params string[] scenario)
    {
        var companion = Companion.Start(ProgramShape.AppHost, new Dictionary<string, string> { [NamedDirectory.RootVariable] = Root }, ["named", .. scenario]);
        _companions.Add(companion);
        return companion;
    }

    /// <summary>Kills the program.</summary>
    public void Kill(Companion companion)
    {
        _companions.Remove(companion).ShouldBeTrue();
        companion.Dispose();
    }

    /// <summary>What lies there besides the two files that stay.</summary>
    public IEnumerable<string> Files() => System.IO.Directory.EnumerateFiles(Directory).Select(file => Path.GetFileName(file)!).Where(name => name is not ("gate" or "users"));

    /// <summary>
    /// All have left, so nothing is there any more. A process that another test starts at this moment has a copy of the lock until it runs its program, and
    /// the one who left last finds it in use: the next sweep removes it then.
    /// </summary>
    public void ShouldBeEmptied() => Eventually.Is(
        () =>
        {
            SessionSweep.Run();
            return !Files().Any();
        },
        "the files are removed");

    public void Dispose()
    {
        foreach (var companion in _companions)
        {
            companion.Dispose();
        }

        foreach (var session in _sessions)
        {
            session.Leave();
        }

        _root.Dispose();
    }
}
