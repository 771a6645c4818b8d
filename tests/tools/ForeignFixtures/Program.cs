// Writes the small Parquet files of tests/Data.Tests/fixtures with writers that are not ours: DuckDB, and Arrow C++ through
// ParquetSharp. In the repository's root:
//     dotnet run --project tests/tools/ForeignFixtures
// Every file is a pure function of the row number, so that the tests can compute what must stand in it:
//   x = i/8 (exact in float32), y = -i, z = (i*i mod 1000)/4.
using DuckDB.NET.Data;
using ParquetSharp;

var folder = args.Length > 0 ? args[0] : Path.Combine("tests", "Data.Tests", "fixtures");
Directory.CreateDirectory(folder);

using var duck = new DuckDBConnection("DataSource=:memory:");
duck.Open();
Run("set threads to 1");

Run("""
    create table points as select (i/8.0)::float as x, (-i)::float as y, ((i*i%1000)/4.0)::float as z,
        (i/8.0)::double as dx, i::integer as id, 'row ' || (i%7) as label from range(5000) t(i)
    """);
Copy("select x, y, z from points", "points_uncompressed", "compression uncompressed, row_group_size 2048");
Copy("select x, y, z, dx, id, label from points limit 3000", "points_snappy", "compression snappy, row_group_size 2048");
Copy("select z, id, label from points", "points_zstd", "compression zstd, row_group_size 2048");
Copy("select x, z, id from points limit 3000", "points_v2", "compression zstd, parquet_version v2, row_group_size 2048");

Copy("""
    select i::tinyint as i8, i::smallint as i16, i::integer as i32, (i*4294967296)::bigint as i64,
        i::utinyint as u8, i::usmallint as u16, i::uinteger as u32, (i + 9223372036854775808)::ubigint as u64,
        i%2=0 as flag, (i/4.0)::decimal(9,2) as d9, (i/4.0)::decimal(18,2) as d18, (i/4.0)::decimal(30,2) as d30,
        (i/4.0)::float as f32, (i/4.0)::double as f64, 'text' || i as text, timestamp '2020-01-01 00:00:00' + interval (i) day as time,
        date '2020-01-01' as day, {'a': i::float, 'b': i::double} as pair
    from range(100) t(i)
    """, "types", "compression snappy");

Copy("""
    select case when i in (2100, 4999) then null else (i/8.0)::float end as x, (-i)::float as y, (i%3)::integer as c from range(5000) t(i)
    """, "nulls", "compression snappy, row_group_size 2048");

Copy("select [(i/8.0)::float, (-i)::float, 1.5::float] as v, i::integer as id from range(3000) t(i)", "vectors",
    "compression snappy, row_group_size 2048");
Copy("select [(i/8.0), -i::double] as v from range(100) t(i)", "vectors_double", "compression snappy");
Copy("select [(i/8.0)::float, (-i)::float]::float[2] as v from range(100) t(i)", "vectors_fixed", "compression snappy");
Copy("select case when i=2500 then [1.0::float] else [(i/8.0)::float, (-i)::float] end as v from range(3000) t(i)", "ragged",
    "compression snappy, row_group_size 2048");
Copy("""
    select case when i=0 or i=40 then null when i=50 then [null, 2.0::float] else [(i/8.0)::float, (-i)::float] end as v
    from range(100) t(i)
    """, "vectors_nulls", "compression snappy");
Copy("select case when i=3 then [] else [(i/8.0)::float] end as v from range(10) t(i)", "vectors_empty", "compression snappy");
Copy("select x, y from points limit 0", "zero_rows", "compression snappy");

// Data page v2 with a list column: Parquet.Net refuses the list, the flat column beside it reads.
var lists = new Column[] { new Column<float[]>("v"), new Column<float>("x") };
using (var properties = new WriterPropertiesBuilder().Compression(Compression.Uncompressed)
    .DataPageVersion(ParquetDataPageVersion.V2).Build())
using (var writer = new ParquetFileWriter(File("v2_list"), lists, properties))
using (var group = writer.AppendRowGroup())
{
    using (var v = group.NextColumn().LogicalWriter<float[]>()) v.WriteBatch(Rows(i => new[] { i, -i * 1f }));
    using (var x = group.NextColumn().LogicalWriter<float>()) x.WriteBatch(Rows(i => i / 8f));
}

// A float16 column anywhere makes the whole file unreadable for Parquet.Net.
var halves = new Column[] { new Column<float>("x"), new Column<Half>("h") };
using (var writer = new ParquetFileWriter(File("half"), halves))
using (var group = writer.AppendRowGroup())
{
    using (var x = group.NextColumn().LogicalWriter<float>()) x.WriteBatch(Rows(i => i / 8f));
    using (var h = group.NextColumn().LogicalWriter<Half>()) h.WriteBatch(Rows(i => (Half)i));
}

foreach (var file in Directory.GetFiles(folder, "*.parquet").Order(StringComparer.Ordinal))
    Console.WriteLine($"{new FileInfo(file).Length,8} {Path.GetFileName(file)}");

T[] Rows<T>(Func<int, T> of) => [.. Enumerable.Range(0, 20).Select(of)];

string File(string name) => Path.Combine(folder, name + ".parquet");

void Copy(string query, string name, string options) => Run($"copy ({query}) to '{File(name)}' (format parquet, {options})");

void Run(string sql)
{
    using var command = duck.CreateCommand();
    command.CommandText = sql;
    command.ExecuteNonQuery();
}
