namespace Multiprocessing;

/// <summary>Texts for the operator of a program that has configured no logging.</summary>
internal static class OperatorText
{
    /// <summary>Writes a line to standard error. Never throws.</summary>
    public static void WriteLine(string text)
    {
        try
        {
            Console.Error.WriteLine(text);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // Standard error is closed or full. There is no other place to write to, and the program must not fail because of it.
        }
    }
}
