using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>Where the library logs to.</summary>
public static class MultiprocessingLogging
{
    private static ILoggerFactory _factory = NullLoggerFactory.Instance;

    /// <summary>
    /// The factory of the library's loggers. The default logs nowhere, except that what an operator must know (such as a full /dev/shm) then goes to
    /// standard error as one line. Set it once, early; loggers are created when they are needed. Thread-safe.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public static ILoggerFactory Factory
    {
        get => Volatile.Read(ref _factory);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref _factory, value);
        }
    }

    /// <summary>Something that an operator must see even in a program that configured no logging.</summary>
    internal static void WarnOperator(string category, string message)
    {
        if (ReferenceEquals(Factory, NullLoggerFactory.Instance))
        {
            Console.Error.WriteLine($"Multiprocessing: {message}");
            return;
        }

        Factory.CreateLogger(category).Log(LogLevel.Warning, 0, message, null, static (text, _) => text);
    }
}
