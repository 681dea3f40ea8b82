using System.Text;

namespace Multiprocessing.Platform;

/// <summary>
/// In which encoding text is written to standard output and standard error. Elsewhere than on Windows that is the terminal's for all; there a program that has no console writes in the
/// code page of the system's language, and what that lacks is lost.
/// </summary>
internal static class ConsoleText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Has <see cref="Console"/> write UTF-8 to those of the two streams that are no console, without changing the code page of a console that others use too.</summary>
    public static void WriteUtf8(bool output, bool error)
    {
        if (!OperatingSystem.IsWindows())
        {
            return;
        }

        if (output)
        {
            Console.SetOut(Writer(Console.OpenStandardOutput()));
        }

        if (error)
        {
            Console.SetError(Writer(Console.OpenStandardError()));
        }
    }

    /// <summary>From UTF-8 to what this process's console writes. <paramref name="decoder"/> keeps a character whose bytes are not all there yet.</summary>
    public static ReadOnlySpan<byte> FromUtf8(ReadOnlySpan<byte> text, Decoder decoder)
    {
        var encoding = Console.OutputEncoding;
        if (encoding.CodePage == Encoding.UTF8.CodePage)
        {
            return text;
        }

        var characters = new char[decoder.GetCharCount(text, flush: false)];
        return encoding.GetBytes(characters, 0, decoder.GetChars(text, characters, flush: false));
    }

    private static StreamWriter Writer(Stream stream) => new(stream, Utf8) { AutoFlush = true };
}
