using System.Text;

namespace Multiprocessing.Platform;

/// <summary>
/// The encoding of text on standard output and standard error. Other systems than Windows use the terminal's encoding for all programs. On Windows, a
/// program without a console writes in the code page of the system's language, and characters that it lacks are lost.
/// </summary>
internal static class ConsoleText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// Makes <see cref="Console"/> write UTF-8 to the given streams if they are not a console. The code page of a console is not changed, because
    /// other programs use it too.
    /// </summary>
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

    /// <summary>
    /// Converts UTF-8 to the encoding that the console of this process uses. <paramref name="decoder"/> keeps a character whose bytes have not all
    /// arrived.
    /// </summary>
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
