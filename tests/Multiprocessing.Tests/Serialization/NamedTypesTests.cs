using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>No message and no page names a type or member that does not exist.</summary>
public partial class NamedTypesTests
{
    /// <summary>What is written with capitals and is no type: products, systems, terms, places; and libraries that are not here, which refusals and pages name.</summary>
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "Windows", "Linux", "Wine", "Ctrl", "Python", "Main", "Redis", "MongoDB", "Serilog", "NLog", "Microsoft", "JavaScript", "ReadyToRun", "OpenTelemetry", "RabbitMQ", "Kafka", "AsNoTracking", "Tensor", "FlattenTo", "SharedTensor",
        "RecordBatch", "SharedRecordBatch", "ArrowStreamWriter",

        // Of other packages, which pages on hosts, consoles and clusters name.
        "AnsiConsole", "BindConfiguration", "HostOptions", "MaxProbeTimeout", "RequireAuthorization", "ShutdownTimeout",

        // Names of log events.
        "CapturedVariableChanged",

        // Properties and switches of a project.
        "StartupHookSupport", "StartupHookProvider", "PublishAot", "PublishReadyToRun", "PublishTrimmed", "PackReadyToRun", "NoWarn", "ForcePortable", "ForceEmitInvoke", "MaxSpareProcesses",

        // Python's; a system call's; and what an example's reader would write.
        "JoinableQueue", "BoundedSemaphore", "ProcessPoolExecutor", "AuthenticationError", "BufferTooShort", "BaseManager", "SimpleQueue", "TimeoutError", "ProcessError",
        "SyncManager", "BaseProxy", "MakeProxyType", "RawArray", "ShareableList", "SharedMemoryManager", "FlushProcessWriteBuffers", "ForeignSerializer", "JsonAdapter", "RequestAborted",
    };

    private static readonly Lazy<HashSet<string>> Known = new(() => NamesOf(publicOnly: true));
    private static readonly Lazy<HashSet<string>> KnownInside = new(() => NamesOf(publicOnly: false));

    /// <summary>Of several words, such as ProcessQueue.</summary>
    [GeneratedRegex(@"\b[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+\b")]
    private static partial Regex Compound();

    /// <summary>In the middle of a sentence, such as "through a Connection".</summary>
    [GeneratedRegex(@"(?<=[a-z,] )[A-Z][a-z]+\b")]
    private static partial Regex InSentence();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^[\w.]*")]
    private static partial Regex Head();

    [Fact]
    public void Every_refusal_names_what_exists()
    {
        var texts = Refusals.ByName.Values.Concat(Refusals.Libraries.Values).Distinct().ToArray();
        texts.Length.ShouldBeGreaterThan(40);
        Unknown(texts, Known.Value).ShouldBeEmpty();
    }

    [Fact]
    public void Every_message_of_the_library_names_what_exists()
    {
        var texts = Literals(typeof(ProcessPool).Assembly.Location).Where(static text => text.Contains(' ', StringComparison.Ordinal)).ToArray();
        texts.Length.ShouldBeGreaterThan(300);
        Unknown(texts, KnownInside.Value).ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_names_what_exists()
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));
        string[] pages = [Path.Combine(root, "README.md"), .. Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)];
        pages.Length.ShouldBeGreaterThan(5);
        var missing = new List<string>();

        // Files of the source, the generator's among them, and the samples.
        var known = new HashSet<string>(KnownInside.Value, StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            known.Add(Path.GetFileName(file).Split('.')[0]);
        }

        // The other packages, which this program does not load: their public declarations.
        foreach (var package in Directory.EnumerateDirectories(Path.Combine(root, "src"), "Multiprocessing.*"))
        {
            foreach (var file in Directory.EnumerateFiles(package, "*.cs", SearchOption.AllDirectories))
            {
                known.UnionWith(File.ReadLines(file).Where(static line => line.TrimStart().StartsWith("public ", StringComparison.Ordinal))
                    .SelectMany(static line => Compound().Matches(line)).Select(static match => match.Value));
            }
        }

        foreach (var sample in Directory.EnumerateDirectories(Path.Combine(root, "samples")))
        {
            known.Add(Path.GetFileName(sample));
        }

        foreach (var page in pages)
        {
            // Names, and calls by name; an example's own names stand among its arguments or in longer code.
            var spans = Code().Matches(File.ReadAllText(page)).Select(static match => match.Groups[1].Value).Where(static span => char.IsUpper(span[0])).Select(static span => Head().Match(span).Value);
            missing.AddRange(Unknown(spans, known).Select(unknown => $"{Path.GetFileName(page)}: {unknown}"));
        }

        missing.ShouldBeEmpty();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private static List<string> Unknown(IEnumerable<string> texts, HashSet<string> known) =>
    [
        .. from text in texts
           from match in Compound().Matches(text).Concat(InSentence().Matches(text))
           where !known.Contains(match.Value) && !Words.Contains(match.Value) && !known.Contains(match.Value.TrimEnd('s'))
           select $"{match.Value} in: {text}",
    ];

    /// <summary>All string literals of an assembly.</summary>
    private static List<string> Literals(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        var literals = new List<string>();
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            literals.Add(metadata.GetUserString(handle));
        }

        return literals;
    }

    /// <summary>Of types, members and parameters of the library, and of public ones of all assemblies of .NET and of the packages that the tests use; and of the libraries that refusals know.</summary>
    private static HashSet<string> NamesOf(bool publicOnly)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var files = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        foreach (var file in files)
        {
            using var image = new PEReader(File.OpenRead(file));
            if (!image.HasMetadata)
            {
                continue;
            }

            var metadata = image.GetMetadataReader();
            var isOwn = Path.GetFileName(file) == "Multiprocessing.dll";
            foreach (var handle in metadata.TypeDefinitions)
            {
                var type = metadata.GetTypeDefinition(handle);
                var isPublic = (type.Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public or TypeAttributes.NestedPublic;
                if (!isPublic && (!isOwn || publicOnly))
                {
                    continue;
                }

                Add(names, metadata.GetString(type.Name));
                names.UnionWith(metadata.GetString(type.Namespace).Split('.'));
                foreach (var member in type.GetMethods().Select(method => metadata.GetString(metadata.GetMethodDefinition(method).Name))
                    .Concat(type.GetFields().Select(field => metadata.GetString(metadata.GetFieldDefinition(field).Name)))
                    .Concat(type.GetProperties().Select(property => metadata.GetString(metadata.GetPropertyDefinition(property).Name)))
                    .Concat(type.GetEvents().Select(@event => metadata.GetString(metadata.GetEventDefinition(@event).Name))))
                {
                    Add(names, member);
                }
            }

            Add(names, Path.GetFileNameWithoutExtension(file));
        }

        foreach (var name in Refusals.Libraries.Keys)
        {
            foreach (var part in name.Split('.'))
            {
                Add(names, part);
            }
        }

        return names;
    }

    private static void Add(HashSet<string> names, string name)
    {
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        name = tick < 0 ? name : name[..tick];
        names.Add(name);
        if (name.EndsWith("Attribute", StringComparison.Ordinal))
        {
            names.Add(name[..^"Attribute".Length]);
        }

        names.UnionWith(name.Split('.'));
    }
}
