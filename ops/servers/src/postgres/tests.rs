//! The launcher against the real programs. The little client speaks just enough of the protocol to run a statement.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use super::*;

/// Runs one statement as the superuser and returns everything the server answered, as text.
fn query(server: &PrivatePostgres, sql: &str) -> String {
    let socket = server.socket_dir().join(format!(".s.PGSQL.{}", server.port()));
    let mut stream = UnixStream::connect(socket).unwrap();
    let parameters = b"user\0postgres\0database\0postgres\0\0";
    let length = u32::try_from(parameters.len() + 8).unwrap();
    stream.write_all(&[&length.to_be_bytes()[..], &196_608_u32.to_be_bytes(), parameters].concat()).unwrap();
    let length = u32::try_from(sql.len() + 5).unwrap();
    stream
        .write_all(&[b"Q", &length.to_be_bytes()[..], sql.as_bytes(), b"\0", b"X\0\0\0\x04"].concat())
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_temporary_server_answers_and_leaves_nothing() {
    let server = PrivatePostgres::start(&PostgresOptions::throw_away().with("work_mem", "7MB")).unwrap();
    assert!(query(&server, "SHOW work_mem").contains("7MB"));
    assert!(query(&server, "SHOW fsync").contains("off"));
    assert!(
        query(&server, "SELECT 'encoding ' || pg_encoding_to_char(encoding) FROM pg_database")
            .contains("encoding UTF8")
    );
    let (home, pid) = (server.socket_dir().to_path_buf(), server.pid().unwrap());
    drop(server);
    assert!(!home.exists());
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn committed_rows_survive_a_restart_and_a_kill() {
    let mut server = PrivatePostgres::start(&PostgresOptions::throw_away()).unwrap();
    query(&server, "CREATE TABLE kept (n int)");
    let (address, first) = (server.address(), server.pid());
    server.restart().unwrap();
    query(&server, "INSERT INTO kept VALUES (41)");
    server.kill9().unwrap();
    assert_eq!(server.pid(), None);
    server.start_again().unwrap();
    assert!(query(&server, "SELECT 'next is ' || (sum(n) + 1) FROM kept").contains("next is 42"));
    assert_eq!(server.address(), address);
    assert_ne!(server.pid(), first);
}

#[test]
fn the_loopback_port_is_open_only_on_demand() {
    use std::net::{Ipv4Addr, TcpStream};
    let closed = PrivatePostgres::start(&PostgresOptions::throw_away()).unwrap();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, closed.port())).is_err());
    drop(closed);
    let open = PrivatePostgres::start(&PostgresOptions::throw_away().with_tcp()).unwrap();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, open.port())).is_ok());
}

#[test]
fn kept_data_is_there_at_the_next_start_and_locked_meanwhile() {
    let account = Account::to_drop_to("postgres").unwrap();
    let folder = TemporaryFolder::make("rappel-test", account.as_ref()).unwrap();
    let mut options = PostgresOptions::kept_in(folder.path().join("new/install"));
    options.durability = Durability::ThrowAway;
    let server = PrivatePostgres::start(&options).unwrap();
    query(&server, "CREATE TABLE kept AS SELECT 'still here' AS words");
    let second = PrivatePostgres::start(&options).unwrap_err().to_string();
    assert!(second.contains("postmaster.pid"), "{second}");
    drop(server);
    let server = PrivatePostgres::start(&options).unwrap();
    assert!(query(&server, "SELECT words FROM kept").contains("still here"));
}

#[test]
fn a_wrong_setting_is_an_error_that_quotes_the_log() {
    let error =
        PrivatePostgres::start(&PostgresOptions::throw_away().with("no_such_setting", "1")).unwrap_err();
    assert!(matches!(error, ServerError::Failed { step: "PostgreSQL start", .. }), "{error}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[test]
fn data_of_another_version_is_refused() {
    let account = Account::to_drop_to("postgres").unwrap();
    let folder = TemporaryFolder::make("rappel-test", account.as_ref()).unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    let error = PrivatePostgres::start(&PostgresOptions::kept_in(folder.path())).unwrap_err();
    assert!(error.to_string().contains("was made by PostgreSQL 9"), "{error}");
}
