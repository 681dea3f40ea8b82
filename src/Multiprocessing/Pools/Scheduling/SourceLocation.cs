using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The location of a method in the source, from the portable symbols beside or in its assembly.</summary>
internal readonly record struct SourceLocation(string File, int Line, int Column)
{
    /// <summary>Returns the location, or <see langword="null"/> if there are no readable symbols. Opens files; takes milliseconds.</summary>
    public static SourceLocation? Of(MethodInfo method)
    {
        try
        {
            return Find(method);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or BadImageFormatException
            or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            return null; // damaged, of another build, or locked by another process: a name without a location suffices
        }
    }

    private static SourceLocation? Find(MethodInfo method)
    {
#pragma warning disable IL3000 // empty in a single-file program, which has no symbols
        var path = method.Module.Assembly.Location;
#pragma warning restore IL3000
        if (path.Length == 0 || !System.IO.File.Exists(path))
        {
            return null;
        }

        using var image = new PEReader(System.IO.File.OpenRead(path));
        if (image.GetMetadataReader() is var metadata && metadata.GetGuid(metadata.GetModuleDefinition().Mvid) != method.Module.ModuleVersionId)
        {
            return null; // the file was replaced since it was loaded
        }

        if (!image.TryOpenAssociatedPortablePdb(
            path, static file => System.IO.File.Exists(file) ? System.IO.File.OpenRead(file) : null,
            out var symbols, out _) || symbols is null)
        {
            return null;
        }

        using (symbols)
        {
            var reader = symbols.GetMetadataReader();
            foreach (var point in reader.GetMethodDebugInformation(
                MetadataTokens.MethodDefinitionHandle(TokenOf(method) & 0xFFFFFF)).GetSequencePoints())
            {
                if (!point.IsHidden)
                {
                    var file = reader.GetString(reader.GetDocument(point.Document).Name);
                    return new SourceLocation(file[(file.LastIndexOfAny(['/', '\\']) + 1)..], point.StartLine, point.StartColumn);
                }
            }
        }

        return null;
    }

    /// <summary>The body of an asynchronous method is that of its state machine.</summary>
    private static int TokenOf(MethodInfo method)
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return method.GetCustomAttribute<StateMachineAttribute>()?.StateMachineType.GetMethod("MoveNext", any)?.MetadataToken ?? method.MetadataToken;
    }
}
