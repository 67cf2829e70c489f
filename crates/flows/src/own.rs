pub mod unlock;
