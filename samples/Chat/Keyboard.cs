namespace Chat;

/// <summary>Reads lines of the standard input.</summary>
internal static class Keyboard
{
    /// <summary>Returns the next line, or <see langword="null"/> at the end of the input.</summary>
    /// <param name="untilEnd">A task whose end ends the wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EndOfStreamException">The task has ended.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<string?> ReadLineAsync(Task untilEnd, CancellationToken cancellationToken)
    {
        // The console cannot cancel a read: the thread is left behind, and the program ends.
        var line = Task.Run(Console.ReadLine, CancellationToken.None);
        await Task.WhenAny(line, untilEnd).WaitAsync(cancellationToken);
        return line.IsCompleted ? await line : throw new EndOfStreamException("The server has ended.");
    }
}
