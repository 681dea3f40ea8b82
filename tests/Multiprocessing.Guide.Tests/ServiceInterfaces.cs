using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/service-interfaces.md.</summary>
public class ServiceInterfaces
{
    #region service-interface
    public interface IIndex
    {
        int Count { get; }                                          // each access is a call
        event EventHandler<string>? Added;                          // raised in the service, handled here

        Task AddAsync(string title, string text, IProgress<double>? progress = null, CancellationToken cancellationToken = default);
        IAsyncEnumerable<string> FindAsync(string word);            // read as it is needed
        ICursor Open(string word, IReader reader);                  // the cursor stays in the service, the reader here
        T Measure<T>(Func<string, T> measure, string title);        // the delegate runs in the service
    }

    public interface ICursor : IDisposable
    {
        bool MoveNext();
    }

    public interface IReader
    {
        void Read(string title);
    }
    #endregion

    [Fact]
    public async Task An_interface_with_many_kinds_of_member()
    {
        await using var service = await ProcessService.StartAsync<IIndex>(static () => new Index());
        var index = service.Proxy;
        var added = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        index.Added += (sender, title) =>
        {
            sender.ShouldBeSameAs(index);
            added.SetResult(title);
        };
        await index.AddAsync("Faust", "Habe nun, ach!");
        (await added.Task).ShouldBe("Faust");
        index.Count.ShouldBe(1);
        (await index.FindAsync("ach").ToListAsync()).ShouldBe(["Faust"]);
        var reader = new Reader();
        using var cursor = index.Open("ach", reader);
        cursor.MoveNext().ShouldBeTrue();
        cursor.MoveNext().ShouldBeFalse();
        reader.Titles.ShouldBe(["Faust"]);
        index.Measure(static text => text.Length, "Faust").ShouldBe(14);
    }

    private sealed class Reader : IReader
    {
        public List<string> Titles { get; } = [];

        public void Read(string title) => Titles.Add(title);
    }

    private sealed class Index : IIndex
    {
        private readonly Dictionary<string, string> _texts = [];

        public int Count => _texts.Count;

        public event EventHandler<string>? Added;

        public Task AddAsync(string title, string text, IProgress<double>? progress, CancellationToken cancellationToken)
        {
            _texts.Add(title, text);
            progress?.Report(1);
            Added?.Invoke(this, title);
            return Task.CompletedTask;
        }

        public async IAsyncEnumerable<string> FindAsync(string word)
        {
            foreach (var title in Titles(word))
            {
                await Task.Yield();
                yield return title;
            }
        }

        public ICursor Open(string word, IReader reader) => new Cursor(new(Titles(word)), reader);

        public T Measure<T>(Func<string, T> measure, string title) => measure(_texts[title]);

        private List<string> Titles(string word) => [.. _texts.Where(text => text.Value.Contains(word, StringComparison.Ordinal)).Select(static text => text.Key)];
    }

    private sealed class Cursor(Queue<string> titles, IReader reader) : ICursor
    {
        public bool MoveNext()
        {
            if (!titles.TryDequeue(out var title))
            {
                return false;
            }

            reader.Read(title);
            return true;
        }

        public void Dispose()
        {
        }
    }
}
