using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of the page about services.</summary>
public class ServicePages
{
    [Fact]
    public async Task The_first_service_runs()
    {
        var pages = new List<string>();
        #region services-first
        await using var service = await ProcessService.StartAsync<IReader>(() => new Reader("eng"));
        IReader reader = service.Proxy;
        string text = await reader.ReadAsync(page: 1); // in the other process
        await foreach (var word in reader.Words(page: 1))
        {
            pages.Add(word);
        }

        Process.GetProcessById(service.ProcessId).Kill();
        try
        {
            text = await reader.ReadAsync(page: 2);
        }
        catch (ServiceDiedException)
        {
            text = await reader.ReadAsync(page: 2); // the process was started again
        }
        #endregion
        text.ShouldBe("eng: page 2");
        pages.ShouldBe(["page", "1"]);
    }
}

public interface IReader
{
    Task<string> ReadAsync(int page, CancellationToken cancellationToken = default);

    IAsyncEnumerable<string> Words(int page);
}

public sealed class Reader(string language) : IReader
{
    public async Task<string> ReadAsync(int page, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return $"{language}: page {page}";
    }

    public async IAsyncEnumerable<string> Words(int page)
    {
        yield return "page";
        await Task.Yield();
        yield return $"{page}";
    }
}
